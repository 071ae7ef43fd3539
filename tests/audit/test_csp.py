"""The judge of policies."""

from dataclasses import replace
from typing import Any

from audit.judges.csp import PAGES, Page, judged

HOME = "GET / by keeper"
HINT = {"directive": "script-src", "value": "'self'", "description": "'self' can be problematic.", "severity": 50}
GRAVE = {"directive": "script-src", "value": "'unsafe-inline'", "description": "Unsafe inline.", "severity": 10}


def pages(**first: Any) -> dict[str, Page]:
    names = {f"{method} {path} by {person or 'a stranger'}": status for (method, path, person), status in PAGES.items()}
    right = {name: Page(status, "default-src 'self'", [HINT]) for name, status in names.items()}
    return right | {HOME: replace(right[HOME], **first)}


def test_hints_pass() -> None:
    verdict = judged(pages())
    assert verdict.faults == []
    assert verdict.found == "0 grave findings, 1 kind of hint"


def test_a_grave_finding_fails() -> None:
    assert judged(pages(findings=[HINT, GRAVE])).faults == [f"{HOME}: script-src 'unsafe-inline': Unsafe inline."]


def test_a_page_without_a_policy_fails() -> None:
    assert judged(pages(policy="", findings=[])).faults == [f"{HOME} has no policy"]


def test_a_page_that_is_not_there_fails() -> None:
    assert judged(pages(status=500)).faults == [f"{HOME} answers 500"]


def test_a_page_that_nobody_asked_for_fails() -> None:
    without = pages()
    del without[HOME]
    assert judged(without).faults == [f"{HOME} was not looked at"]
