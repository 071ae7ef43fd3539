"""Too little of what a machine has, and a long time."""

import asyncio
import contextlib
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPException
from statistics import median

from chaos import measures
from chaos.clients.herd import Herd
from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.scene import PEOPLE, Scene, every
from chaos.stack.memory import address_space, open_files

BURNERS = 4
PAGE = 50
READERS = 12
UNREAD = "pages refused for want of memory"
WELL_AGAIN = "everybody served after memory came back"
WORN_IN = 10_000
VISITORS = 40
LONG = 1_000.0
"""From so many seconds on visits get longer, not more: at 40,000, a hundred bytes lost by each are found."""


class Exhausted(Fault):
    number, title = 27, "no file descriptors left, little memory, both cores busy"
    promise = (
        "newcomers are turned away, those who are in stay, and everybody comes in when there is room; "
        "what there is no memory for is refused, and a worker that hangs for want of it is replaced after 30 s"
    )
    shown = ("newcomers admitted of 40", "connections cut for them", UNREAD, WELL_AGAIN, "recovery p95")
    # Twisted says at length that it could not accept.
    log_is_judged = False
    seconds = 12.0
    stale_after = 60.0

    async def strike(self, scene: Scene) -> None:
        self._there = list(scene.tabs)
        self._lost = {tab: len(tab.closes) for tab in scene.tabs}
        async with scene.fault("no descriptors"):
            await self._crowd(scene)
        self._cut = sum(len(tab.closes) > count for tab, count in self._lost.items())
        await asyncio.sleep(2)
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
        await asyncio.sleep(2)
        async with scene.fault("processor busy"):
            with burning(BURNERS):
                await asyncio.sleep(scene.seconds / 3)

    async def _crowd(self, scene: Scene) -> None:
        """More clients want in than there are descriptors for."""
        with limited(scene.stack.workers(), resource.RLIMIT_NOFILE, room=8):
            names = [(name, n) for name in PEOPLE for n in range(4)]
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
        scene.measure("newcomers admitted of 40", self._admitted, at_most=39)
        scene.measure("connections cut for them", self._cut, at_most=0)
        scene.measure(UNREAD, self._unread, at_least=1)
        scene.measure("workers that ended for it", self._ended)
        scene.measure(WELL_AGAIN, self._well_again, unit="s", at_most=45.0)
        scene.measure_recovery(at_most=5.0)
        scene.measure_spells()
        scene.measure_sends()


class Soak(Fault):
    number, title = 30, "a mixed day in two minutes: talk, coming and going, sessions that expire"
    promise = "memory flat within the noise, nobody deaf, the expired session's sockets closed"
    shown = ("workers' memory grew by", "noise", "connections that came and went", "delivery p95")
    seconds = 120.0
    rate = 30.0

    async def run(self, scene: Scene) -> None:
        await self._wear_in(scene)
        await super().run(scene)

    async def _wear_in(self, scene: Scene) -> None:
        """What workers keep of their first some thousand connections, caches and fragments, they keep for good."""
        scene.say("wearing in")
        async with self._herd(scene, size=100, stays=0.1) as herd, asyncio.timeout(600):
            while await herd.lives() < WORN_IN:
                await asyncio.sleep(0.2)

    def _herd(self, scene: Scene, *, size: int, stays: float) -> Herd:
        sessions = [scene.stack.account(name).session for name in PEOPLE[:9]]
        return Herd(scene.stack.host, sessions, room=scene.rooms[0], size=size, stays=stays)

    async def gather(self, scene: Scene) -> None:
        self._talkers = await scene.gather(PEOPLE[:9])
        name, rooms = PEOPLE[9], scene.rooms
        self._watchers = [await scene.tab(name, rooms=rooms, label=f"{name}/{n}", session=1) for n in range(3)]

    def talkers(self, scene: Scene) -> list[Tab]:
        return self._talkers

    async def strike(self, scene: Scene) -> None:
        self._samples: list[tuple[float, int]] = []
        self._files = sum(open_files(pid) for pid in scene.stack.workers())
        async with scene.fault("soak"):
            await scene.keep_session(self._watchers[0].account, seconds=20)
            async with (
                self._herd(scene, size=VISITORS, stays=max(1.0, scene.seconds / LONG)) as visitors,
                coming_and_going(scene, scene.tabs[:6]),
            ):
                begin = time.monotonic()
                while time.monotonic() - begin < scene.seconds:
                    self._samples.append((time.monotonic() - begin, scene.stack.memory()))
                    await asyncio.sleep(0.5)
                self._visits = await visitors.lives()
        self._ended = sum(tab.turned_away.is_set() for tab in self._watchers)
        for tab in self._watchers:
            await scene.close(tab)
        # The next run of this stack has them too.
        await scene.keep_session(self._watchers[0].account, seconds=86_400)

    async def measure(self, scene: Scene) -> None:
        quarter = len(self._samples) // 4
        early = [size for _, size in self._samples[quarter : 2 * quarter]]
        late = [size for _, size in self._samples[-quarter:]]
        apart = self._samples[-quarter][0] - self._samples[quarter][0]
        noise = (max(late) - min(late)) / 1e6
        grown = (median(late) - median(early)) / 1e6
        scene.measure("workers' memory grew by", grown, unit="MB", at_most=max(4.0, 2 * noise))
        scene.measure("slope", grown / apart * 60, unit="MB/min")
        scene.measure("noise", noise, unit="MB")
        files = sum(open_files(pid) for pid in scene.stack.workers())
        scene.measure("descriptors more than before", files - self._files, at_most=10)
        scene.measure("sockets of the ended session that were closed", self._ended, at_least=len(self._watchers))
        scene.measure("connections that came and went", self._visits, at_least=scene.seconds)
        taken = [each.took for each in scene.displays()]
        scene.measure("delivery p95", quantile(taken, 0.95), unit="s", at_most=1.0)
        scene.measure("delivery p99.9", quantile(taken, 0.999), unit="s")
        acked = [each.took for each in measures.acks(scene.case)]
        scene.measure("ack p99", quantile(acked, 0.99), unit="s")
        scene.measure_sends()


@contextlib.contextmanager
def limited(pids: list[int], what: int, *, room: int) -> Iterator[None]:
    """Let these processes take so much more of it than they have now."""
    before = {pid: resource.prlimit(pid, what) for pid in pids}
    for pid in pids:
        now = open_files(pid) if what == resource.RLIMIT_NOFILE else address_space(pid)
        resource.prlimit(pid, what, (now + room, before[pid][1]))
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


@contextlib.asynccontextmanager
async def coming_and_going(scene: Scene, tabs: list[Tab]) -> AsyncIterator[None]:
    """These tabs lose their connection now and then."""

    async def drop() -> None:
        while True:
            await asyncio.sleep(scene.random.uniform(0.5, 2))
            await scene.random.choice(tabs).drop()

    dropping = asyncio.create_task(drop())
    try:
        yield
    finally:
        dropping.cancel()


ALL: list[type[Fault]] = [Exhausted, Soak]
