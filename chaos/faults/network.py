"""The way between clients and nginx."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from itertools import count

from chaos import measures
from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.framing import is_torn, middle_of
from chaos.holdings import Holdings
from chaos.oracle.case import Case
from chaos.proxy import FaultProxy
from chaos.scene import PEOPLE, Scene

HOLDS = 60.0
NOTICED = 25.0
"""Seconds after the last word that a client heard, in which it knows that the connection is dead."""
BROADCAST, SEND = b"message.changed", b"message.send"
TORN_BROADCASTS, TORN_SENDS = "broadcasts torn in the middle", "sends torn in the middle"
KEPT = 32.0
"""Megabytes: what may wait for ten sockets (`LIMIT_OUTBOUND_BYTES`), twice, and what workers fill that are new."""


class ThroughProxy(Fault):
    """Half the people come by a way that can be broken; what happens to them is nothing to the others."""

    async def run(self, scene: Scene) -> None:
        async with AsyncExitStack() as stack:
            self.proxies = [await opened(scene, stack) for _ in PEOPLE[:5]]
            await super().run(scene)

    async def gather(self, scene: Scene) -> None:
        self.near = await scene.gather(PEOPLE[5:])
        self.far: list[Tab] = []
        for name, proxy in zip(PEOPLE, self.proxies, strict=False):
            self.far += await scene.gather([name], host=proxy.host)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery()
        scene.measure_sends()
        undisturbed = [tab for tab in self.near if not tab.closes]
        scene.measure("others disconnected", len(self.near) - len(undisturbed), at_most=0)
        theirs = sent_by(scene.case, self.near)
        names = {tab.name for tab in self.near}
        acked = [each.took for each in measures.acks(theirs)]
        shown = [each.took for each in measures.displays(theirs) if each.client in names]
        scene.measure("messages of the others", len(acked), at_least=1)
        scene.measure("ack p99 of the others", quantile(acked, 0.99), unit="s", at_most=1.0)
        scene.measure("delivery p95 of the others", quantile(shown, 0.95), unit="s", at_most=1.0)


async def opened(scene: Scene, stack: AsyncExitStack) -> FaultProxy:
    """A proxy before the server, closed with the stack."""
    address, _, port = scene.stack.host.rpartition(":")
    proxy = FaultProxy(lambda: asyncio.open_connection(address, int(port)))
    await proxy.start()
    stack.push_async_callback(proxy.stop)
    return proxy


def sent_by(case: Case, tabs: Sequence[Tab]) -> Case:
    """The evidence, of what these tabs sent first and nothing else."""
    names = {tab.name for tab in tabs}
    keys = {key for key, sent in case.invoked.items() if sent[0].client in names}
    return replace(
        case,
        acked={key: acked for key, acked in case.acked.items() if key in keys},
        displays=[event for event in case.displays if event.row.key in keys],
    )


class HalfOpen(ThroughProxy):
    number, title = 20, "half-open connections: every byte is swallowed, both ways, without a word"
    promise = "the client gives up within 25 s, the server within 60 s; nobody else notices"
    shown = ("client noticed, max", "server let go of all after")
    seconds = 62.0
    rate = 20.0
    stale_after = 40.0

    def talkers(self, scene: Scene) -> list[Tab]:
        """Of those who come by the broken way, half only listen: no command of theirs waits for its answer."""
        return [*self.near, *self.far[::2]]

    async def strike(self, scene: Scene) -> None:
        before = {tab: len(tab.closes) for tab in self.far}
        self._holdings = Holdings.of(scene.stack)
        opened_at = time.monotonic()
        self._noticed: dict[Tab, float] = {}
        self._freed: float | None = None
        held = [len(proxy.pairs) for proxy in self.proxies]
        old = [set(proxy.pairs) for proxy in self.proxies]
        async with scene.fault("black hole"):
            for proxy in self.proxies:
                proxy.up.swallows = proxy.down.swallows = True
            while time.monotonic() - opened_at < scene.seconds:
                await asyncio.sleep(0.1)
                passed = time.monotonic() - opened_at
                for tab in self.far:
                    if len(tab.closes) > before[tab]:
                        self._noticed.setdefault(tab, passed)
                if self._freed is None and not any(o & proxy.pairs for o, proxy in zip(old, self.proxies, strict=True)):
                    self._freed = passed
            for proxy in self.proxies:
                proxy.reset()
                proxy.heal()
        assert sum(held) == len(self.far)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        noticed = list(self._noticed.values())
        scene.measure("clients that noticed", len(noticed), at_least=len(self.far))
        scene.measure("client noticed, max", max(noticed, default=HOLDS), unit="s", at_most=NOTICED)
        if scene.seconds >= HOLDS:
            scene.measure("server let go of all after", self._freed or 999.0, unit="s", at_most=HOLDS)
        self._holdings.measure_growth(scene, megabytes=KEPT)


class Flapping(ThroughProxy):
    number, title = 21, "a network that comes and goes every few seconds"
    promise = "cursor and outbox carry over every break, also one in the middle of a frame"
    shown = ("clients cut", TORN_BROADCASTS, TORN_SENDS, "recovery p95", "attempts unanswered")
    seconds = 20.0

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("flapping"):
            await asyncio.gather(*(self._flap(scene, proxy, turn) for turn, proxy in enumerate(self.proxies)))

    async def _flap(self, scene: Scene, proxy: FaultProxy, first: int) -> None:
        """Broken by a reset or an end, then by a cut: in a broadcast, in a client's send, or anywhere."""
        end, turns = time.monotonic() + scene.seconds, count(first)
        while time.monotonic() < end:
            await asyncio.sleep(scene.random.uniform(1, 4))
            proxy.refuses = True
            if scene.random.random() < 0.5:
                proxy.reset()
            else:
                proxy.half_close()
            await asyncio.sleep(scene.random.uniform(0, 1.5))
            proxy.heal()
            match next(turns) % 3:
                case 0:
                    proxy.down.aim = partial(middle_of, BROADCAST)
                case 1:
                    proxy.up.aim = partial(middle_of, SEND)
                case _:
                    proxy.down.cut_after = scene.random.randrange(200, 20_000)
        proxy.heal()

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("clients cut", sum(bool(tab.closes) for tab in self.far), at_least=len(self.far))
        down = [piece for proxy in self.proxies for piece in proxy.down.last_pieces]
        up = [piece for proxy in self.proxies for piece in proxy.up.last_pieces]
        scene.measure(TORN_BROADCASTS, sum(is_torn(BROADCAST, piece) for piece in down), at_least=1)
        scene.measure(TORN_SENDS, sum(is_torn(SEND, piece) for piece in up), at_least=1)


ALL: list[type[Fault]] = [HalfOpen, Flapping]
