"""A judge is believed only when it has done its work, now."""

import sys
from pathlib import Path

import pytest

from audit import program
from audit.__main__ import asked
from audit.verdict import Broken, Missing, Verdict


def python(code: str, *, seconds: float = 60, ends: tuple[int, ...] = (0,), given: str = "") -> str:
    return program.run([sys.executable, "-c", code], cwd=Path.cwd(), seconds=seconds, ends=ends, given=given)


def test_a_program_that_crashes_is_no_verdict() -> None:
    with pytest.raises(Broken, match=r"it ended with 3: too bad"):
        python("import sys; sys.exit(print('too bad', file=sys.stderr) or 3)", ends=(0, 1))


def test_a_program_that_is_killed_is_no_verdict() -> None:
    with pytest.raises(Broken, match=r"it ended with -9"):
        python("import os; os.kill(os.getpid(), 9)", ends=(0, 1))


def test_a_program_that_does_not_end_is_no_verdict() -> None:
    with pytest.raises(Broken, match=r"it did not end within 0.1 s"):
        python("import time; time.sleep(60)", seconds=0.1)


def test_what_a_program_says_is_heard_whatever_it_has_found() -> None:
    assert python("import sys; print(input()); sys.exit(1)", ends=(0, 1), given="a finding") == "a finding\n"


def test_a_report_of_an_earlier_run_is_not_read_again(tmp_path: Path) -> None:
    def judge(_: Path, reports: Path) -> Verdict:
        return Verdict("a report", (reports / "report.json").read_text())

    old = tmp_path / "judge" / "report.json"
    old.parent.mkdir()
    old.write_text("nothing found")
    verdict = asked(judge, name="judge", reports=tmp_path)
    assert not verdict.passed
    assert "FileNotFoundError" in verdict.faults[0]


@pytest.mark.parametrize("failure", [Missing("there is no node"), Broken("it ended with 3"), KeyError("parley")])
def test_a_judge_that_cannot_judge_fails(tmp_path: Path, failure: Exception) -> None:
    def judge(work: Path, reports: Path) -> Verdict:
        raise failure

    assert not asked(judge, name="judge", reports=tmp_path).passed
