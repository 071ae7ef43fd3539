"""How `manage.py chaos` ends, by what its runs were: they are canned here."""

import gc
import signal
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from chaos.faults.database import Terminated
from chaos.faults.disks import DiskFull
from chaos.figure import Figure
from chaos.report import summary
from chaos.result import Result
from chaos.run import Campaign, workplace
from tests.chaos.test_report import result

CLEAN = "lost 0  duplicated 0  reordered 0  leaked 0"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The command sets what is the whole process's."""
    handler, threshold = signal.getsignal(signal.SIGTERM), gc.get_threshold()
    yield
    signal.signal(signal.SIGTERM, handler)
    gc.set_threshold(*threshold)


class Ended:
    """What one call of the command said last, and its exit status."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, out: Path, *results: Result) -> None:
        said = StringIO()
        monkeypatch.setattr(Campaign, "run", lambda campaign: (each for each in results))
        self.status: object = 0
        try:
            call_command("chaos", all=True, out=out, stdout=said)
        except SystemExit as end:
            self.status = end.code
        *self.lines, self.last = said.getvalue().splitlines()


def test_where_all_is_well_it_is_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ended = Ended(monkeypatch, tmp_path, result(), result(seed=2))
    assert (ended.status, ended.last) == (0, CLEAN)
    assert (tmp_path / "report.json").exists()
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("word", ["lost", "duplicated", "reordered", "leaked"])
def test_one_broken_promise_is_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    ended = Ended(monkeypatch, tmp_path, result(), result(seed=2, **{word: 1}), result(seed=3))
    assert (ended.status, ended.last) == (1, CLEAN.replace(f"{word} 0", f"{word} 1"))


@pytest.mark.parametrize(
    "changes",
    [
        {"figures": [Figure(name="recovery p95", value=4.0, unit="s", at_most=3.0)]},
        {"wrong": 1},
        {"problems": ["TimeoutError: not level after 40 s"]},
    ],
    ids=["a missed bound", "a wrong display", "a run that failed"],
)
def test_so_is_whatever_else_went_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: dict[str, object]
) -> None:
    ended = Ended(monkeypatch, tmp_path, result(**changes), result(seed=2))
    assert (ended.status, ended.last) == (1, CLEAN)


def test_a_campaign_that_stages_nothing_says_so_and_is_not_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with workplace() as directory:
        [left_out] = campaign(Terminated, directory).run()
    ended = Ended(monkeypatch, tmp_path, left_out)
    assert (ended.status, ended.last) == (1, CLEAN)
    assert ended.lines[-1] == "Nothing was staged: this proves nothing."


def test_the_reports_are_complete_after_every_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken_off(campaign: Campaign) -> Iterator[Result]:
        yield result()
        yield result(seed=2)
        raise KeyboardInterrupt

    monkeypatch.setattr(Campaign, "run", broken_off)
    with pytest.raises(KeyboardInterrupt):
        call_command("chaos", all=True, out=tmp_path, stdout=StringIO())
    assert summary.read(tmp_path / "report.json") == [result(), result(seed=2)]
    assert "seed 2" in (tmp_path / "report.html").read_text()


def campaign(kind: type[Terminated | DiskFull], directory: Path) -> Campaign:
    return Campaign(faults=[kind], engine="sqlite", seeds=[1], seconds=None, directory=directory, say=print)


def test_what_this_machine_lacks_is_named_and_is_not_0(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(DiskFull, "hindrance", lambda fault: "it takes root to make a small disk")
    with workplace() as directory:
        [left_out] = campaign(DiskFull, directory).run()
    ended = Ended(monkeypatch, tmp_path, result(), left_out)
    assert (ended.status, ended.last) == (1, CLEAN)
    assert ended.lines[-1] == "Fault 15 was not staged: it takes root to make a small disk."


def test_what_the_database_has_nothing_for_is_fine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with workplace() as directory:
        [left_out] = campaign(Terminated, directory).run()
    ended = Ended(monkeypatch, tmp_path, result(), left_out)
    assert (ended.status, ended.last) == (0, CLEAN)
    assert any("13 sqlite   left out" in line for line in ended.lines)
