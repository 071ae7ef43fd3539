"""The judge of schemathesis' reports, which look like those of schemathesis 4.32."""

from typing import Any

import pytest

from audit.judges.schemathesis import SCHEME, judged
from chat.api.root import api

LIST, DELETE = "GET /api/rooms", "DELETE /api/rooms/{room_id}/members/{user_id}"


def rates(*, accepted: int) -> dict[str, dict[str, int]]:
    refused = {"accepted": 0, "unreachable": 7, "conflicts": 0, "rejected": 1}
    return {"coverage": refused, "fuzzing": refused | {"accepted": accepted}}


def report(**parts: Any) -> dict[str, Any]:
    return {
        "complete": True,
        "exit_code": 0,
        "stop_reason": "completed",
        "operations": {"total": 2, "selected": 2, "tested": 2, "errored": 0, "skipped": 0},
        "test_cases": {"generated": 2378, "with_failures": 0, "errored": 0},
        "failures": [],
        "errors": [],
        "warnings": {"missing_auth": [], "missing_test_data": []},
        "valid_rates": {LIST: rates(accepted=4), DELETE: rates(accepted=1)},
        **parts,
    }


def test_it_signs_in_as_the_description_says() -> None:
    assert SCHEME in api.get_openapi_schema()["components"]["securitySchemes"]


def test_requests_without_a_failure_pass() -> None:
    verdict = judged(report())
    assert verdict.faults == []
    assert verdict.looked_at == "2,378 requests to the 2 operations of the HTTP API"


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"failures": [{"title": "Server error", "operations": [LIST]}]}, f"Server error: {LIST}"),
        ({"errors": ["Network Error"]}, "Network Error"),
        ({"exit_code": 1}, "the run ended with 1, completed"),
        ({"complete": False, "stop_reason": "interrupted"}, "the run ended with 0, interrupted"),
        ({"operations": {"total": 2, "tested": 1}}, "1 of 2 operations were tested"),
        ({"test_cases": {"generated": 12, "with_failures": 0}}, "12 requests are less than 1000"),
        ({"valid_rates": {LIST: rates(accepted=1)}}, "1 of 2 operations were asked for something valid"),
        (
            {"valid_rates": {LIST: rates(accepted=1), DELETE: rates(accepted=0)}},
            f"{DELETE} never did what it is for",
        ),
        ({"warnings": {"missing_auth": [LIST]}}, f"{LIST} was only refused"),
    ],
)
def test_anything_less_fails(part: dict[str, Any], fault: str) -> None:
    assert judged(report(**part)).faults == [fault]


def test_a_report_of_nothing_fails() -> None:
    nothing = report(
        operations={"total": 0, "tested": 0}, test_cases={"generated": 0, "with_failures": 0}, valid_rates={}
    )
    assert judged(nothing).faults == ["0 of 0 operations were tested", "0 requests are less than 1000"]
