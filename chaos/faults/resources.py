"""Too little of what a machine has."""

import asyncio
import contextlib
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException

from chaos import measures
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.holdings import Holdings
from chaos.scene import PEOPLE, Scene, every
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.memory import address_space, files_limit
from chaos.stack.stack import WORKERS

NEWCOMERS = 40
ROOM, SPARE = 8, 2
"""Files that each worker may open for them, and those of its own that it may close meanwhile, such as a request's."""
BURNERS = 4
BUSY_ACK = 1.0
"""Seconds: a worker that has a third of a core writes a batch in a few times what it takes with one to itself."""
KEPT = 64.0
"""Megabytes: what the allocator keeps of so many pages at once; a worker by itself is a hundred."""
PAGE = 50
READERS = 12
CALM = 6.0
"""Seconds in which everybody is well again, and shows it."""
UNREAD = "pages refused for want of memory"
WELL_AGAIN = "everybody served after memory came back"


class Exhausted(Fault):
    number, title = 27, "no file descriptors left, little memory, both cores busy"
    promise = (
        "newcomers are turned away, those who are in stay, and everybody comes in when there is room; "
        "what there is no memory for is refused, and a worker that hangs for want of it is replaced after 30 s"
    )
    shown = ("newcomers admitted of 40", "connections cut for them", UNREAD, WELL_AGAIN, "recovery p95")
    # A page refused to who asks too fast would pass for one refused for want of memory.
    layout = Layout(nginx=True, env=LIFTED)
    # Twisted says at length that it could not accept.
    log_is_judged = False
    seconds = 12.0
    stale_after = 60.0

    async def strike(self, scene: Scene) -> None:
        self._holdings = Holdings.of(scene.stack)
        self._there = list(scene.tabs)
        self._lost = {tab: len(tab.closes) for tab in scene.tabs}
        async with scene.fault("no descriptors"):
            await self._crowd(scene)
        self._cut = sum(len(tab.closes) > count for tab, count in self._lost.items())
        await asyncio.sleep(CALM)
        await self._write_long(scene)
        workers = set(scene.stack.workers())
        async with scene.fault("little memory"):
            await self._little_memory(scene)
            freed = time.monotonic()
            # Python waits for ever for a thread that had no memory to begin.
            await asyncio.gather(*(tab.outbox.send(scene.rooms[1], "well again") for tab in self._there))
            self._well_again = time.monotonic() - freed
        self._ended = len(workers - set(scene.stack.workers()))
        await scene.stack.until_served()
        await asyncio.sleep(CALM)
        async with scene.fault("processor busy"):
            with burning(BURNERS):
                await asyncio.sleep(scene.seconds / 3)

    async def _crowd(self, scene: Scene) -> None:
        """More clients want in than there are descriptors for."""
        with limited(scene.stack.workers(), resource.RLIMIT_NOFILE, room=ROOM):
            names = [(name, n) for name in PEOPLE for n in range(NEWCOMERS // len(PEOPLE))]
            late = [
                scene.stack.tab(name, history=scene.history, seed=str(scene.seed), label=f"{name}/late/{n}")
                for name, n in names
            ]
            knocking = [asyncio.create_task(tab.start()) for tab in late]
            await asyncio.sleep(scene.seconds / 3)
            self._admitted = sum(tab.online.is_set() for tab in late)
        scene.tabs += late
        # Whoever was turned away comes in by itself once there is room.
        await asyncio.gather(*knocking)

    async def _write_long(self, scene: Scene) -> None:
        """So that a page of history is something to hold."""
        writers = self._there * (1 + PAGE // len(self._there))
        await asyncio.gather(*(tab.outbox.send(scene.rooms[0], "long" * 1_900) for tab in writers))

    async def _little_memory(self, scene: Scene) -> None:
        """Not a page more than the workers have now, while people want to read much."""
        statuses: Counter[int] = Counter()

        async def read() -> None:
            statuses[await self._read(scene)] += 1

        assert await self._read(scene) == 200
        with limited(scene.stack.workers(), resource.RLIMIT_AS, room=0):
            await every(0.1, scene.seconds / 3, lambda: asyncio.gather(*(read() for _ in range(READERS))))
        self._unread = statuses.total() - statuses[200]

    async def _read(self, scene: Scene) -> int:
        """The status with which a page of history comes; 0 where the connection just ends."""
        path, reader = f"/api/rooms/{scene.rooms[0]}/messages", scene.stack.account(PEOPLE[0])
        try:
            return (await scene.stack.site.call("GET", path, account=reader)).status
        except (OSError, HTTPException):
            return 0

    async def measure(self, scene: Scene) -> None:
        scene.measure("newcomers admitted of 40", self._admitted, at_most=WORKERS * (ROOM + SPARE))
        scene.measure("connections cut for them", self._cut, at_most=0)
        scene.measure(UNREAD, self._unread, at_least=1)
        scene.measure("workers that ended for it", self._ended)
        scene.measure(WELL_AGAIN, self._well_again, unit="s", at_most=45.0)
        scene.measure("ack p99 while the processor is busy", self._ack_p99(scene), unit="s", at_most=BUSY_ACK)
        self._holdings.measure_growth(scene, sockets=NEWCOMERS, megabytes=KEPT)
        scene.measure_recovery(at_most=5.0)
        scene.measure_spells()
        scene.measure_sends()

    def _ack_p99(self, scene: Scene) -> float:
        spell = scene.result.spells[-1]
        acks = measures.within(measures.acks(scene.case), scene.begun + spell.begin, scene.begun + spell.end)
        return quantile(acks, 0.99)


@contextlib.contextmanager
def limited(pids: list[int], what: int, *, room: int) -> Iterator[None]:
    """Let these processes take so much more of it than they have now."""
    before = {pid: resource.prlimit(pid, what) for pid in pids}
    for pid in pids:
        files = what == resource.RLIMIT_NOFILE
        limit = files_limit(pid, room=room) if files else address_space(pid) + room
        resource.prlimit(pid, what, (limit, before[pid][1]))
    try:
        yield
    finally:
        for pid, limits in before.items():
            # One that died of it has none any more.
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, what, limits)


@contextlib.contextmanager
def burning(processes: int) -> Iterator[None]:
    """Processes that do nothing but run."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


ALL: list[type[Fault]] = [Exhausted]
