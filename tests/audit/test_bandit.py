"""The judge of bandit's reports, which look like those of bandit 1.9."""

from typing import Any

from audit.judges.bandit import JUDGED, judged

SOURCES = {"manage.py", "chat/admission.py"}


def finding(kind: str, place: str) -> dict[str, Any]:
    return {"filename": place, "line_number": 3, "test_id": kind, "issue_severity": "LOW", "issue_text": "Bad."}


def report(*more: dict[str, Any], **totals: int) -> dict[str, Any]:
    return {
        "errors": [],
        "metrics": {
            "./manage.py": {"loc": 11},
            "chat/admission.py": {"loc": 90},
            "_totals": {"loc": 101, "nosec": 0, "skipped_tests": 0} | totals,
        },
        "results": [*(finding(kind, place.replace("*", "manage.py")) for kind, place in JUDGED), *more],
    }


def test_what_was_judged_passes() -> None:
    verdict = judged(report(), wanted=SOURCES)
    assert verdict.faults == []
    assert (verdict.looked_at, verdict.found) == ("101 lines of Python", f"{len(JUDGED)} findings, all judged")


def test_a_finding_that_nobody_judged_fails() -> None:
    assert judged(report(finding("B602", "chat/admission.py")), wanted=SOURCES).faults == [
        "chat/admission.py:3 B602 LOW: Bad."
    ]


def test_a_judgement_of_what_is_gone_fails() -> None:
    without = report()
    without["results"] = without["results"][1:]
    assert len(judged(without, wanted=SOURCES).faults) == 1


def test_a_report_of_nothing_fails() -> None:
    """What bandit 1.9 writes, with exit status 0, about a directory that is not there."""
    empty = report(loc=0) | {"errors": [{"filename": "./chat", "reason": "No such file or directory"}]}
    empty["metrics"] = {"_totals": empty["metrics"]["_totals"]}
    assert judged(empty, wanted=SOURCES).faults == [
        "./chat was not read: No such file or directory",
        "chat/admission.py was not looked at",
        "manage.py was not looked at",
        "nothing was looked at",
    ]


def test_a_file_that_could_not_be_read_fails() -> None:
    unread = report() | {"errors": [{"filename": "chat/admission.py", "reason": "syntax error"}]}
    assert judged(unread, wanted=SOURCES).faults == ["chat/admission.py was not read: syntax error"]


def test_a_line_that_is_hidden_from_it_fails() -> None:
    assert judged(report(nosec=1), wanted=SOURCES).faults == ["1 lines are hidden from it"]
    assert judged(report(skipped_tests=2), wanted=SOURCES).faults == ["2 lines are hidden from it"]
