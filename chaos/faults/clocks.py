"""Clocks that are wrong."""

import asyncio
import time

from chaos.faults.fault import Fault
from chaos.sabotage.clock import order_for
from chaos.scene import Scene
from chaos.stack.dates import dates
from chaos.stack.layout import Layout

HOUR, DAY = 3600, 86_400
OFFSETS = (HOUR, -HOUR, DAY, -DAY)


class WorkerClockJumps(Fault):
    number, title = 16, "the clock of one worker jumps by an hour and by a day, forth and back"
    promise = "order comes from seq, sessions and rates are not touched"
    shown = ("jumps that messages show", "sessions wrongly ended", "connections lost", "delivery p95 meanwhile")
    layout = Layout(nginx=True, sabotage=True)
    seconds = 12.0

    async def strike(self, scene: Scene) -> None:
        victim = scene.stack.workers()[0]
        for offset in OFFSETS:
            async with scene.fault(f"{offset:+} s"):
                scene.orders.give(order_for(victim), str(offset))
                await asyncio.sleep(scene.seconds / 4)
                scene.orders.give(order_for(victim), "0")
            await asyncio.sleep(1)
        assert victim in scene.stack.workers()

    async def measure(self, scene: Scene) -> None:
        scene.measure("jumps that messages show", self._jumps(scene), at_least=len(OFFSETS))
        scene.measure_recovery()
        scene.measure_spells(delivery_at_most=2.0)
        scene.measure_sends(unanswered_at_most=0)
        closes = [close.code for tab in scene.tabs for close in tab.closes]
        scene.measure("connections lost", len(closes), at_most=0)
        scene.measure("sessions wrongly ended", sum(tab.turned_away.is_set() for tab in scene.tabs), at_most=0)

    def _jumps(self, scene: Scene) -> int:
        """How many of the offsets are found in what messages say of when they were written."""
        ahead = time.time() - scene.history.clock()
        dated = dates(scene.stack.database)
        off = [dated[key] - ahead - sends[0].at for key, sends in scene.case.invoked.items() if key in dated]
        return sum(any(abs(seconds - offset) < HOUR / 2 for seconds in off) for offset in OFFSETS)


ALL: list[type[Fault]] = [WorkerClockJumps]
