"""Messages that must be stored, in many rooms at once: how many a second are acknowledged."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

DURABLE = "durable sends"
ROOMS, MEMBERS = 200, 2
WINDOW = 256


def steps(effort: Effort) -> Iterator[Step]:
    for contestant in field.durable():
        measure = partial(_measure, effort=effort)
        yield Step(title=DURABLE, contestant=contestant, sizes=[MEMBERS] * ROOMS, measure=measure)


def _measure(serving: Serving, *, effort: Effort) -> Iterator[Finding]:
    everybody = range(ROOMS)
    timing = {"seconds": effort.seconds, "warm": effort.warm, "outstanding": 32}
    measured = drive(serving, everybody, senders=ROOMS, window=WINDOW, **timing)
    yield Finding(scenario=DURABLE, setting={"rooms": ROOMS, "sockets": ROOMS * MEMBERS}, measured=measured)
