"""Workers that are killed, beside others that serve on."""

import asyncio
import time
from collections.abc import Sequence

from chaos import measures
from chaos.clients.backoff import STEADY
from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.faults.network import sent_by
from chaos.faults.workers import AFTER_A_KILL
from chaos.figure import quantile
from chaos.oracle.case import Case
from chaos.scene import Scene
from chaos.stack.sockets import accepted_at

KILLS = 3
LEAST = 3
"""Connections that each worker has when one of them is killed."""
MEANWHILE = 1.0
"""Seconds after a kill in which what the others send is looked at."""
RHYTHM = 3.0
SPREAD = 60.0
"""Seconds that it may take until each worker has so many."""


class KilledOverAndOver(Fault):
    number, title = 2, f"kill -9 of a random worker, {KILLS} times, and then every 3 s"
    promise = "the other worker serves on; each client whose connection had held is back within 3 s"
    shown = ("clients of the other worker", "ack p99 of the others", "recovery p95", "recovery max")
    seconds = 9.0

    async def strike(self, scene: Scene) -> None:
        self._others: list[tuple[float, list[Tab]]] = []
        for _ in range(KILLS):
            await self._settled(scene)
            wires = {tab: tab.wire for tab in scene.tabs}
            killed = time.monotonic()
            await self._kill(scene)
            await asyncio.sleep(MEANWHILE)
            self._others.append((killed, [tab for tab, wire in wires.items() if tab.wire is wire]))
        await self._settled(scene)
        moments = list(scene.healed)
        end = time.monotonic() + scene.seconds
        while time.monotonic() < end:
            await self._kill(scene)
            await asyncio.sleep(RHYTHM)
        # Whoever is cut again and again waits longer each time, as the page does: that is not Parley's time.
        scene.healed = moments
        await scene.stack.until_served()

    async def _kill(self, scene: Scene) -> None:
        victim = scene.random.choice(scene.stack.workers())
        async with scene.fault(f"kill -9 {victim}", heals=False):
            scene.stack.kill_worker(victim)

    async def _settled(self, scene: Scene) -> None:
        """Each worker serves some, and whoever is cut now waits as after the first time."""
        assert scene.stack.front is not None
        await scene.stack.until_served()
        await asyncio.gather(*(tab.online.wait() for tab in scene.tabs))
        async with asyncio.timeout(SPREAD):
            while min(map(accepted_at, scene.stack.front.sockets)) < LEAST:
                # nginx sends whoever comes to the worker that has fewer.
                for tab in scene.random.sample(scene.tabs, LEAST):
                    await tab.drop()
                    tab.hurry()
                    await tab.online.wait()
        await scene.until(
            lambda: all(tab.wire is not None and tab.wire.held > STEADY for tab in scene.tabs),
            within=60,
            what=f"everybody back for {STEADY:g} s",
        )

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL, longest_at_most=AFTER_A_KILL)
        scene.measure("clients of the other worker", min(len(tabs) for _, tabs in self._others), at_least=1)
        took = acks_after(scene.case, self._others)
        scene.measure("acks of the others", len(took), at_least=KILLS)
        scene.measure("ack p99 of the others", quantile(took, 0.99), unit="s", at_most=1.0)
        scene.measure_sends()


def acks_after(case: Case, kills: Sequence[tuple[float, Sequence[Tab]]]) -> list[float]:
    """How long each acknowledgement took of what these tabs sent in the second after that moment."""
    took: list[float] = []
    for killed, tabs in kills:
        took += measures.within(measures.acks(sent_by(case, tabs)), killed, killed + MEANWHILE)
    return took


ALL: list[type[Fault]] = [KilledOverAndOver]
