"""Clients that come back all at once."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack

from chaos.clients.herd import Herd, Returned
from chaos.drains import Drains
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.holdings import Holdings
from chaos.oracle.history import Invoked, Settled
from chaos.scene import PEOPLE, Scene
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.memory import open_files
from chaos.stack.stack import WORKERS
from chat.admission import RETURNS_A_SECOND

PATIENCE = 120.0
"""Seconds after which nobody waits for the rest to come back any more, on however slow a machine."""
TOLD_LATER = "told to come back later"
KEPT = 64.0
"""Megabytes that the workers may have more with the same connections as before."""
SUCCESSION = 5.0
"""Seconds for the successors to load, and for everybody to be told."""


class HerdReturns(Fault):
    number, title = 24, "3,000 connections of ten people cut at once: both workers killed, then a rolling restart"
    promise = (
        "all back within 15 s, and none is behind; a session that comes with hundreds at once is given "
        "appointments; sends are answered within 2 s meanwhile; a roll gives everybody one, 300 a second a worker"
    )
    shown = (
        *("95% back after", "100% back after", TOLD_LATER, "send p95 meanwhile", "handshakes that failed"),
        *("told 1012 by the roll", "told to come in the same second", "100% back after the roll"),
    )
    layout = Layout(nginx=True, env={**LIFTED, "LIMIT_PERSON_SOCKETS": "5000"})
    seconds = 15.0
    stale_after = 40.0
    rate = 10.0
    size = 3000
    crowd = 400
    """Connections of one session: of those, only twenty at a time may wait for their turn with a worker."""

    async def run(self, scene: Scene) -> None:
        sessions = [scene.stack.account(name).session for name in PEOPLE]
        async with AsyncExitStack() as herds:
            self._herd = await herds.enter_async_context(self._of(scene, sessions, size=self.size))
            await self._herd.gathered(within=120)
            own = scene.stack.account(PEOPLE[0], session=1).session
            self._crowd = await herds.enter_async_context(self._of(scene, [own], size=self.crowd))
            await self._crowd.gathered(within=60)
            scene.say(f"{self.size + self.crowd} connected")
            await super().run(scene)

    def _of(self, scene: Scene, sessions: list[str], *, size: int) -> Herd:
        return Herd(scene.stack.host, sessions, room=scene.rooms[0], size=size)

    async def gather(self, scene: Scene) -> None:
        await scene.gather(tabs=1)

    async def strike(self, scene: Scene) -> None:
        self._holdings = Holdings.of(scene.stack)
        await self._kill_both(scene)
        await asyncio.gather(*(tab.online.wait() for tab in scene.tabs))
        await self._roll(scene)

    async def _kill_both(self, scene: Scene) -> None:
        memory = scene.stack.memory()
        before = (await self._crowd.returned(within=10)).failures
        async with scene.fault("both workers killed", heals=False):
            for pid in scene.stack.workers():
                os.kill(pid, signal.SIGKILL)
            self._was_cut()
            self._returned, crowd = await self._all_back()
        self._crowd_back = crowd.after(1.0)
        self._told_later = crowd.failures.get("101", 0) - before.get("101", 0)
        self._grown = scene.stack.memory() - memory
        held = [open_files(pid) for pid in scene.stack.workers()]
        self._busier = 100 * max(held) / sum(held)

    async def _roll(self, scene: Scene) -> None:
        """A deploy: everybody is sent away, by two workers at once, and told when to come back."""
        assert scene.stack.gunicorn is not None
        before, old = await self._all_back(), set(scene.stack.workers())
        self._drains = Drains(scene.stack.workers)
        async with scene.fault("rolling restart", heals=False):
            scene.stack.gunicorn.signal(signal.SIGHUP)
            self._drains.watch(old, rolled=True)
            self._was_cut()
            rolled = await self._all_back()
            await scene.until_replaced(old)
        self._rolled = max(each.after(1.0) for each in rolled)
        self._last_refusal = max(each.last_failure for each in rolled)
        self._ends, self._refused, self._waits = Counter[str](), Counter[str](), list[float]()
        for then, now in zip(before, rolled, strict=True):
            self._ends += Counter(now.ends) - Counter(then.ends)
            self._refused += Counter(now.failures) - Counter(then.failures)
            self._waits += now.waits[len(then.waits) :]

    def _was_cut(self) -> None:
        for herd in (self._herd, self._crowd):
            herd.was_cut()

    async def _all_back(self) -> list[Returned]:
        """The herd and the crowd."""
        return await asyncio.gather(*(herd.returned(within=PATIENCE) for herd in (self._herd, self._crowd)))

    async def measure(self, scene: Scene) -> None:
        scene.measure("connections", self.size + self.crowd)
        self._measure_kill(scene)
        self._measure_roll(scene)
        scene.result.figures.append(await self._drains.figure())
        self._holdings.measure_growth(scene, megabytes=KEPT)
        head = self._head(scene)
        deaf = await self._herd.behind(head) + await self._crowd.behind(head)
        scene.measure("connections that are behind in the end", deaf, at_most=0)
        scene.measure_recovery()
        scene.measure_sends()

    def _measure_kill(self, scene: Scene) -> None:
        for share in (0.5, 0.95, 1.0):
            bound = 15.0 if share == 1.0 else None
            scene.measure(f"{share:.0%} back after", self._returned.after(share), unit="s", at_most=bound)
        scene.measure("the crowded session back after", self._crowd_back, unit="s", at_most=30.0)
        scene.measure(TOLD_LATER, self._told_later, at_least=1)
        failures = {name: count for name, count in self._returned.failures.items() if name != "101"}
        scene.measure("handshakes that failed", sum(failures.values()))
        scene.result.notes.append(f"failed handshakes: {failures}")
        scene.measure("connections with the busier worker", self._busier, unit="%", at_most=80.0)
        scene.measure("workers grew by", self._grown / 1e6, unit="MB", at_most=KEPT)
        spell = scene.result.spells[0]
        sends = list(_sends(scene, scene.begun + spell.begin, scene.begun + spell.end))
        scene.measure("sends meanwhile", len(sends), at_least=1)
        scene.measure("send p95 meanwhile", quantile(sends, 0.95), unit="s", at_most=2.0)

    def _measure_roll(self, scene: Scene) -> None:
        size = self.size + self.crowd
        scene.measure("told 1012 by the roll", self._ends["1012"], at_least=size)
        scene.measure("other closes by the roll", self._ends.total() - self._ends["1012"], at_most=0)
        scene.measure("told when to come back", len(self._waits), at_least=size)
        # Each worker spreads its own; a quarter more than on average may meet by chance.
        busiest = max(Counter(map(int, self._waits)).values(), default=size)
        scene.measure("told to come in the same second", busiest, at_most=1.25 * WORKERS * RETURNS_A_SECOND)
        soon = size / RETURNS_A_SECOND + SUCCESSION
        scene.measure("100% back after the roll", self._rolled, unit="s", at_most=soon)
        # A time, for a machine that cannot serve so many a second refuses some: a worker's lobby has places for few.
        scene.measure("last refusal after the roll", self._last_refusal, unit="s", at_most=0.0)
        scene.measure("handshakes that failed after the roll", self._refused.total())
        scene.result.notes.append(f"failed handshakes after the roll: {dict(self._refused)}")

    def _head(self, scene: Scene) -> int:
        [(head,)] = scene.stack.database.select(f"SELECT head FROM chat_room WHERE id = {scene.rooms[0]}")
        return int(head)


def _sends(scene: Scene, begin: float, end: float) -> Iterator[float]:
    """How long each attempt took that was made in that time, however it ended."""
    under_way: dict[tuple[str, str], float] = {}
    for event in scene.history.events:
        if isinstance(event, Invoked):
            under_way[event.client, event.key] = event.at
        elif isinstance(event, Settled):
            made = under_way.pop((event.client, event.key), None)
            if made is not None and begin <= made < end:
                yield event.at - made


ALL: list[type[Fault]] = [HerdReturns]
