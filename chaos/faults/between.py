"""What must go from one worker to the other, and how long it takes when the ways between them fail."""

from collections.abc import Collection
from typing import ClassVar

from chaos import measures
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.scene import Scene
from chaos.stack.layout import Layout
from chaos.stack.repairs import repaired

DELIVERY = 2.0
REPAIRED, FROM_DATABASE = "changes repaired", "changes repaired from the database"
ENOUGH = 100


class BetweenWorkers(Fault):
    """Tabs on either worker, that stay there: without nginx between, it can be told which worker serves whom."""

    layout = Layout()
    stale_after = 5.0
    """Probes and polls go once a second: two seconds are promised, three are what may come together."""
    deliveries = ENOUGH
    """How many must have gone from worker to worker while something was broken."""
    repairs: ClassVar[float] = 0
    """How many changes workers must have looked for, because no hint brought them, for each second of the fault."""
    repairs_from_database: ClassVar[float] = 0
    """The same of those that Redis did not have."""

    async def gather(self, scene: Scene) -> None:
        await super().gather(scene)
        await self.settle_down(scene)

    def bearable(self, scene: Scene) -> float:
        """However long the fault lasts. No send waits for Redis: how long one took, the machine took."""
        return self.stale_after + scene.stall

    async def settle_down(self, scene: Scene) -> None:
        """Have each worker serve some of the tabs, and remember which."""
        await scene.stack.spread_out(scene.tabs)
        self._workers = {tab.name: pid for pid, tabs in scene.stack.spread(scene.tabs).items() for tab in tabs}
        self._closes = {tab: len(tab.closes) for tab in scene.tabs}
        self._repaired = await repaired(scene.stack.site)

    def measure_between(self, scene: Scene) -> None:
        """Deliveries between workers, of what was sent while something was broken, and whether anybody had to move."""
        lost = sum(len(tab.closes) - count for tab, count in self._closes.items())
        scene.measure("connections lost", lost, at_most=0)
        taken = self.between_meanwhile(scene, scene.rooms)
        scene.measure("deliveries between workers", len(taken), at_least=self.deliveries)
        scene.measure("delivery p99 between workers", quantile(taken, 0.99), unit="s", at_most=DELIVERY)
        scene.measure("slowest between workers", max(taken, default=0.0), unit="s")

    def between_meanwhile(self, scene: Scene, rooms: Collection[int]) -> list[float]:
        """Seconds of each delivery between workers in these rooms, of what was sent while something was broken."""
        arrivals = self._between(scene, rooms)
        return [
            seconds
            for spell in scene.result.spells
            for seconds in measures.within(arrivals, scene.begun + spell.begin, scene.begun + spell.end)
        ]

    async def measure_repairs(self, scene: Scene) -> None:
        """How many changes workers looked for since the tabs settled down, and where they found them."""
        found = await repaired(scene.stack.site) - self._repaired
        scene.measure(REPAIRED, found.total, at_least=scene.seconds * self.repairs)
        scene.measure(FROM_DATABASE, found.database, at_least=scene.seconds * self.repairs_from_database)

    def _between(self, scene: Scene, rooms: Collection[int]) -> list[measures.Arrival]:
        """The first displays, by clients of one worker, of what was sent to the other alone."""
        found = []
        for event in scene.case.displays:
            if event.row.room not in rooms:
                continue
            sent = scene.case.invoked.get(event.row.key, [])
            senders = {self._workers.get(each.client) for each in sent}
            here = self._workers.get(event.client)
            view = scene.case.views[event.client, event.row.room]
            if sent and here and event.first and here not in senders and view.followed_from(sent[0].at, event.at):
                found.append(measures.Arrival(event.at, event.client, event.at - sent[0].at))
        return found
