"""A campaign gives each result when it is there, and ends what it started, however it goes; the runs are canned."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path

import pytest

from chaos import run
from chaos.faults.fault import Fault
from chaos.faults.streams import SubmittedTenfold
from chaos.faults.workers import KilledMidSend
from chaos.result import Result
from tests.chaos.test_report import result

Course = Callable[..., Awaitable[Result]]


class Staged:
    """What a campaign of two faults with two seeds did, in order; each run takes the course that is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, directory: Path, course: Course | None = None) -> None:
        self.events: list[str] = []
        self.failures: list[Exception] = []
        """What the next stacks meet when they start."""
        staged = self

        class Stack:
            def __init__(self, *given: object, **settings: object) -> None:
                pass

            async def start(self) -> None:
                if staged.failures:
                    raise staged.failures.pop()
                staged.events.append("started")

            async def stop(self) -> None:
                staged.events.append("stopped")

        async def ran(campaign: run.Campaign, fault: Fault, stack: Stack, seed: int) -> Result:
            staged.events.append(f"seed {seed}")
            return await course() if course else result(number=fault.number, seed=seed)

        monkeypatch.setattr(run, "Stack", Stack)
        monkeypatch.setattr(run.Campaign, "_one", ran)
        self._campaign = run.Campaign(
            faults=[KilledMidSend, SubmittedTenfold],
            engine="sqlite",
            seeds=[1, 2],
            seconds=None,
            directory=directory,
            say=print,
        )

    def results(self) -> Generator[Result, None, None]:
        return self._campaign.run()


def test_a_result_is_given_before_the_next_run_begins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    staged = Staged(monkeypatch, tmp_path)
    results = staged.results()
    assert next(results).seed == 1
    assert staged.events == ["started", "seed 1"]
    assert [each.seed for each in results] == [2, 1, 2]
    assert staged.events == 2 * ["started", "seed 1", "seed 2", "stopped"]


def test_what_was_started_is_stopped_when_nobody_wants_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    staged = Staged(monkeypatch, tmp_path)
    results = staged.results()
    next(results)
    results.close()
    assert staged.events == ["started", "seed 1", "stopped"]


@pytest.mark.parametrize("failure", [TimeoutError("no Redis"), RuntimeError("no nginx"), AssertionError("no server")])
def test_a_stack_that_does_not_start_is_told_of_and_the_next_fault_is_staged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: Exception
) -> None:
    staged = Staged(monkeypatch, tmp_path)
    staged.failures.append(failure)
    failed, *others = staged.results()
    assert failed.problems == [f"{type(failure).__name__}: {failure}"]
    assert (failed.number, failed.ok) == (KilledMidSend.number, False)
    assert [(each.number, each.seed) for each in others] == [(17, 1), (17, 2)]
    assert staged.events == ["stopped", "started", "seed 1", "seed 2", "stopped"]


def test_a_database_that_does_not_start_is_told_of_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    staged = Staged(monkeypatch, tmp_path)

    def refuse(*given: object, **settings: object) -> None:
        raise RuntimeError("PostgreSQL does not answer")

    monkeypatch.setattr(run, "Database", refuse)
    assert [each.problems for each in staged.results()] == 2 * [["RuntimeError: PostgreSQL does not answer"]]
    assert staged.events == []


def test_a_run_that_a_signal_breaks_off_is_ended_before_its_stack(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def broken_off() -> Result:
        asyncio.get_running_loop().call_soon(sys.exit, 143)
        try:
            await asyncio.sleep(60)
        finally:
            staged.events.append("left")
        raise AssertionError("it was not broken off")

    staged = Staged(monkeypatch, tmp_path, broken_off)
    with pytest.raises(SystemExit):
        list(staged.results())
    assert staged.events == ["started", "seed 1", "left", "stopped"]
