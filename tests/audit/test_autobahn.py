"""The judge of the Autobahn test suite's index."""

import pytest

from audit.judges.autobahn import CASES, judged


def index(**first: str) -> dict[str, dict[str, dict[str, str]]]:
    right = {"behavior": "OK", "behaviorClose": "OK", "reportfile": "parley_case_1_1_1.json"}
    return {"parley": {f"1.1.{number}": right | (first if number == 0 else {}) for number in range(CASES)}}


def test_all_cases_right_pass() -> None:
    verdict = judged(index(behavior="NON-STRICT", behaviorClose="INFORMATIONAL"))
    assert verdict.faults == []
    assert verdict.found == f"{CASES - 1} OK, 1 non-strict, 0 informational, 0 failed"


@pytest.mark.parametrize("word", ["FAILED", "UNIMPLEMENTED", "WRONG CODE", "UNCLEAN"])
@pytest.mark.parametrize("field", ["behavior", "behaviorClose"])
def test_a_case_that_went_wrong_fails(word: str, field: str) -> None:
    assert len(judged(index(**{field: word})).faults) == 1


def test_a_suite_that_could_not_connect_fails() -> None:
    """It writes an empty index then, and ends with 0."""
    assert judged({}).faults == [f"0 of {CASES} cases were run"]


def test_a_suite_that_stopped_in_between_fails() -> None:
    short = index()
    del short["parley"]["1.1.7"]
    assert judged(short).faults == [f"{CASES - 1} of {CASES} cases were run"]
