"""More workers, more members, more rooms."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

WORKERS, ROOMS = "workers", "rooms"
WORKER_COUNTS = (1, 2, 4)
SPREAD = 400
ROOM_COUNTS = (1, 10, 100)
SOCKETS = 500


def steps(effort: Effort) -> Iterator[Step]:
    if not effort.thorough:
        return
    for workers in WORKER_COUNTS:
        measure = partial(_workers, effort=effort, workers=workers)
        yield Step(title=WORKERS, contestant=field.PARLEY, sizes=[SPREAD], measure=measure, workers=workers)
    for rooms in ROOM_COUNTS:
        measure = partial(_rooms, effort=effort, rooms=rooms)
        yield Step(title=ROOMS, contestant=field.PARLEY, sizes=[SOCKETS // rooms] * rooms, measure=measure)


def _workers(serving: Serving, *, effort: Effort, workers: int) -> Iterator[Finding]:
    """One room whose members are spread evenly over the workers; everybody hears everything."""
    measured = drive(serving, window=64, senders=20, seconds=effort.seconds, warm=effort.warm)
    yield Finding(scenario=WORKERS, setting={"workers": workers, "sockets": SPREAD}, measured=measured)


def _rooms(serving: Serving, *, effort: Effort, rooms: int) -> Iterator[Finding]:
    """The same number of sockets in more and smaller rooms."""
    senders = max(20, rooms)
    measured = drive(serving, range(rooms), window=128, senders=senders, seconds=effort.seconds, warm=effort.warm)
    yield Finding(scenario=ROOMS, setting={"rooms": rooms, "members": SOCKETS // rooms}, measured=measured)
