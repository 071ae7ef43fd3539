"""The judge of the Observatory's scans."""

from typing import Any

from audit.judges.observatory import TESTS, judged


def scan(**result: Any) -> dict[str, Any]:
    right = {"error": None, "grade": "A+", "score": 120, "statusCode": 200, "testsPassed": TESTS}
    return {"result": right | result, "tests": {f"test-{n}": {"pass": True, "result": "fine"} for n in range(TESTS)}}


def test_a_scan_without_a_failure_passes() -> None:
    verdict = judged(scan())
    assert (verdict.faults, verdict.found) == ([], f"A+, score 120, {TESTS} of {TESTS} tests")


def test_a_test_that_failed_fails() -> None:
    bad = scan()
    bad["tests"]["cookies"] = {"pass": False, "result": "cookies-without-secure-flag"}
    del bad["tests"]["test-0"]
    assert judged(bad).faults == ["cookies: cookies-without-secure-flag"]


def test_a_lower_grade_fails() -> None:
    assert judged(scan(grade="A")).faults == ["the grade is A"]


def test_a_scan_of_nothing_fails() -> None:
    assert judged(scan() | {"tests": {}}).faults == [f"0 of {TESTS} tests were made"]


def test_a_scan_of_an_error_page_fails() -> None:
    assert judged(scan(statusCode=502)).faults == ["the page was not there: 502, None"]
    assert judged(scan(error="site down")).faults == ["the page was not there: 200, site down"]
