"""A long time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from statistics import median

from chaos import measures
from chaos.clients.herd import Herd
from chaos.clients.tab import Tab
from chaos.drift import Drift
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.scene import PEOPLE, Scene
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.memory import open_files

GROWTH = "workers' memory grew by"
RISE = "rise of the workers' memory over its noise"
DELIVERY = "delivery p95 to those who stay"
HELD_FLAT = 1_200.0
"""From so many seconds on there are enough samples to tell a slope from noise."""
WORN_IN = 10_000
VISITORS, RESTLESS = 40, 6
LONG = 1_000.0
"""From so many seconds on visits get longer, not more: at 40,000, a hundred bytes lost by each are found."""


class Soak(Fault):
    number, title = 30, "a mixed day in two minutes: talk, coming and going, sessions that expire"
    promise = (
        "memory grows by 4 MB at most, or where it lasts 20 minutes or more, by nothing beyond the noise; "
        "nobody deaf, the expired session's sockets closed"
    )
    layout = Layout(nginx=True, env=LIFTED)
    shown = (GROWTH, RISE, "noise", "connections that came and went", DELIVERY)
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
        self._memory: list[float] = []
        self._files = sum(open_files(pid) for pid in scene.stack.workers())
        async with scene.fault("soak"):
            await scene.keep_session(self._watchers[0].account, seconds=20)
            async with (
                self._herd(scene, size=VISITORS, stays=max(1.0, scene.seconds / LONG)) as visitors,
                coming_and_going(scene, scene.tabs[:RESTLESS]),
            ):
                begin = time.monotonic()
                while time.monotonic() - begin < scene.seconds:
                    self._memory.append(scene.stack.memory() / 1e6)
                    await asyncio.sleep(0.5)
                self._visits = await visitors.lives()
        self._ended = sum(tab.turned_away.is_set() for tab in self._watchers)
        for tab in self._watchers:
            await scene.close(tab)
        # The next run of this stack has them too.
        await scene.keep_session(self._watchers[0].account, seconds=86_400)

    async def measure(self, scene: Scene) -> None:
        self._measure_memory(scene)
        files = sum(open_files(pid) for pid in scene.stack.workers())
        scene.measure("descriptors more than before", files - self._files, at_most=10)
        scene.measure("sockets of the ended session that were closed", self._ended, at_least=len(self._watchers))
        scene.measure("connections that came and went", self._visits, at_least=scene.seconds)
        # Of the others it tells how long they were away.
        staying = {tab.name for tab in scene.tabs[RESTLESS:]}
        taken = [each.took for each in scene.displays() if each.client in staying]
        scene.measure(DELIVERY, quantile(taken, 0.95), unit="s", at_most=1.0)
        scene.measure("delivery p99.9 to those who stay", quantile(taken, 0.999), unit="s")
        acked = [each.took for each in measures.acks(scene.case)]
        scene.measure("ack p99", quantile(acked, 0.99), unit="s")
        scene.measure_recovery()
        scene.measure_sends()

    def _measure_memory(self, scene: Scene) -> None:
        drift = Drift.of(self._memory)
        if scene.seconds < HELD_FLAT:
            quarter = len(self._memory) // 4
            grown = median(self._memory[-quarter:]) - median(self._memory[quarter : 2 * quarter])
            scene.measure(GROWTH, grown, unit="MB", at_most=4.0)
        else:
            scene.measure(RISE, drift.beyond_noise, unit="times", at_most=1.0)
            scene.measure("rise", drift.rise, unit="MB")
        scene.measure("noise", drift.noise, unit="MB")


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


ALL: list[type[Fault]] = [Soak]
