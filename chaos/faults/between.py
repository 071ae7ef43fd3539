"""What must go from one worker to the other, and how long it takes when the ways between them fail."""

from chaos import measures
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.scene import Scene
from chaos.stack.layout import Layout

DELIVERY = 2.0
ENOUGH = 100


class BetweenWorkers(Fault):
    """Tabs on either worker, that stay there: without nginx between, it can be told which worker serves whom."""

    layout = Layout()
    stale_after = 5.0
    """Probes and polls go once a second: two seconds are promised, three are what may come together."""
    deliveries = ENOUGH
    """How many must have gone from worker to worker while something was broken."""

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

    def measure_between(self, scene: Scene) -> None:
        """Deliveries between workers, of what was sent while something was broken, and whether anybody had to move."""
        lost = sum(len(tab.closes) - count for tab, count in self._closes.items())
        scene.measure("connections lost", lost, at_most=0)
        taken = [
            seconds
            for spell in scene.result.spells
            for seconds in measures.within(self._between(scene), scene.begun + spell.begin, scene.begun + spell.end)
        ]
        scene.measure("deliveries between workers", len(taken), at_least=self.deliveries)
        scene.measure("delivery p99 between workers", quantile(taken, 0.99), unit="s", at_most=DELIVERY)
        scene.measure("slowest between workers", max(taken, default=0.0), unit="s")

    def _between(self, scene: Scene) -> list[measures.Arrival]:
        """The first displays, by clients of one worker, of what was sent to the other alone."""
        found = []
        for event in scene.case.displays:
            sent = scene.case.invoked.get(event.row.key, [])
            senders = {self._workers.get(each.client) for each in sent}
            here = self._workers.get(event.client)
            view = scene.case.views[event.client, event.row.room]
            if sent and here and event.first and here not in senders and view.followed_from(sent[0].at, event.at):
                found.append(measures.Arrival(event.at, event.client, event.at - sent[0].at))
        return found
