"""A quiet server: how long until a message is acknowledged, and until somebody else has it."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.serving import Contestant, Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

IDLE = "idle latency"
RATE = 50


def steps(effort: Effort) -> Iterator[Step]:
    others: list[Contestant] = [field.TUTORIALS[1], *field.node()]
    yield _step(field.PARLEY, effort, workers=1)
    yield _step(field.PARLEY, effort, workers=2)
    if effort.thorough:
        for contestant in others:
            yield _step(contestant, effort, workers=1)


def _step(contestant: Contestant, effort: Effort, *, workers: int) -> Step:
    measure = partial(_measure, effort=effort, workers=workers)
    return Step(title=IDLE, contestant=contestant, sizes=[2], measure=measure, workers=workers)


def _measure(serving: Serving, *, effort: Effort, workers: int) -> Iterator[Finding]:
    measured = drive(serving, seconds=3 * effort.seconds, rate=RATE, warm=effort.warm, settle=2)
    yield Finding(scenario=IDLE, setting={"workers": workers}, measured=measured)
