"""Running the plan."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench import machine
from bench.load.run import LoadFailed
from bench.process import DidNotStart
from bench.profile import Hot
from bench.profiles import profiles
from bench.progress import Progress
from bench.results import Failure, Results, Row
from bench.scenarios import durable, fan_out, herd, idle, scaling, sockets, trouble
from bench.scenarios.step import Effort, Step

SCENARIOS = {
    "fan-out": fan_out.steps,
    "durable": durable.steps,
    "idle": idle.steps,
    "sockets": sockets.steps,
    "herd": herd.steps,
    "trouble": trouble.steps,
    "scaling": scaling.steps,
}
QUICK_REPEATS, REPEATS = 2, 3


@dataclass(frozen=True)
class Task:
    """A step and which repeat it belongs to."""

    repeat: int
    step: Step


def plan(*, quick: bool, only: Sequence[str]) -> list[Task]:
    """Every step of every repeat; contestants take turns, so that a noisy moment hits one of them."""
    return [
        Task(repeat, step)
        for repeat in range(QUICK_REPEATS if quick else REPEATS)
        for name, steps in SCENARIOS.items()
        if not only or name in only
        for step in steps(Effort(quick=quick, repeat=repeat))
    ]


def measure(tasks: Sequence[Task], *, command: str, profiled: bool) -> Results:
    """All of it. A step that fails is reported with the rest."""
    begun, date = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    progress = Progress(len(tasks) + profiled)
    described, others = machine.describe(), machine.Others()
    rows: list[Row] = []
    failures: list[Failure] = []
    for task in tasks:
        title = f"{task.step.title}: {task.step.contestant.name}"
        progress.begins(title)
        try:
            rows += _rows(task)
        except (DidNotStart, LoadFailed) as failure:
            failures.append(Failure(step=title, why=str(failure)[-600:]))
        progress.ended()
    hot: dict[str, list[Hot]] = {}
    if profiled:
        progress.begins("profiles of Parley")
        hot = profiles()
        progress.ended()
    return Results(
        date=date,
        command=command,
        seconds=round(time.monotonic() - begun),
        machine=described,
        others=round(others.share(), 3),
        rows=rows,
        failures=failures,
        profiles=hot,
    )


def _rows(task: Task) -> Iterator[Row]:
    step = task.step
    with step.contestant.serve(step.sizes, workers=step.workers) as serving:
        for finding in step.measure(serving):
            yield Row(
                scenario=finding.scenario,
                contestant=step.contestant.name,
                repeat=task.repeat,
                setting=finding.setting,
                measured=finding.measured,
                extra=finding.extra,
            )
