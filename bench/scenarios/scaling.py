"""More workers, more members, more rooms."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

WORKERS, HEARD, ROOMS = "workers", "heard elsewhere", "rooms"
WORKER_COUNTS = (1, 2, 4)
SPREAD = 400
ALONE = 100
ROOM_COUNTS = (1, 10, 100)
SOCKETS = 500


def steps(effort: Effort) -> Iterator[Step]:
    if not effort.thorough:
        return
    for workers in WORKER_COUNTS:
        measure = partial(_workers, effort=effort, workers=workers)
        yield Step(title=WORKERS, contestant=field.PARLEY, sizes=[SPREAD, workers], measure=measure, workers=workers)
    for rooms in ROOM_COUNTS:
        measure = partial(_rooms, effort=effort, rooms=rooms)
        yield Step(title=ROOMS, contestant=field.PARLEY, sizes=[SOCKETS // rooms] * rooms, measure=measure)


def _workers(serving: Serving, *, effort: Effort, workers: int) -> Iterator[Finding]:
    """One room whose members are spread evenly over the workers, and one with a single member on each.

    In the second the first worker has the sender: the CPU of the others is what it costs to hear, when many messages
    come together (rate 0) and when each comes alone.
    """
    timing = {"seconds": effort.seconds, "warm": effort.warm}
    measured = drive(serving, [0], senders=20, window=64, **timing)
    yield Finding(scenario=WORKERS, setting={"workers": workers, "sockets": SPREAD}, measured=measured)
    others = ",".join(map(str, serving.pids[1:]))
    for rate in (0, ALONE):
        pace = {"rate": rate, "settle": 2} if rate else {"window": 64}
        measured = drive(serving, [1], pids=others, **timing, **pace)
        yield Finding(scenario=HEARD, setting={"workers": workers, "rate": rate}, measured=measured)


def _rooms(serving: Serving, *, effort: Effort, rooms: int) -> Iterator[Finding]:
    """The same number of sockets in more and smaller rooms."""
    senders = max(20, rooms)
    measured = drive(serving, range(rooms), window=128, senders=senders, seconds=effort.seconds, warm=effort.warm)
    yield Finding(scenario=ROOMS, setting={"rooms": rooms, "members": SOCKETS // rooms}, measured=measured)
