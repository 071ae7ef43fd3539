"""Clocks that are wrong."""

import asyncio
import time
from functools import partial

from chaos import measures
from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.sabotage.clock import deed_of, order_for
from chaos.sabotage.deeds import Deeds
from chaos.scene import PEOPLE, Scene
from chaos.stack.dates import dates
from chaos.stack.layout import Layout

HOUR, DAY = 3600, 86_400
OFFSETS = (HOUR, -HOUR, DAY, -DAY)
LONG, BRIEF = DAY + HOUR, HOUR / 2
"""Seconds that sessions have to go: one that outlasts every jump, and the guest's, that outlasts none."""
ASKED = 75.0
"""Seconds in which a worker has looked at all sessions: it does so once a minute."""
PRESENT = 20.0
"""Seconds after a jump in which everybody is known again: workers tell each other every 15 s."""
PATIENCE = 60.0
BACK, TAKEN = "came back by the wrong clock", "sessions taken again that the wrong clock refused"
SESSIONS = "SELECT session_key, session_data, expire_date FROM django_session ORDER BY session_key"


class WorkerClockJumps(Fault):
    number, title = 16, "the clock of one worker jumps by an hour and by a day, forth and back"
    promise = (
        "order comes from seq; rates are not touched, nor are sessions that have longer to go than the clock is ahead; "
        "one that this worker refuses as expired stays whole; within 20 s of the jump all know who is there"
    )
    shown = (BACK, "sessions wrongly ended", TAKEN, "who is there known after", "delivery p95 meanwhile")
    layout = Layout(sabotage=True)
    seconds = 12.0
    rate = 20.0

    async def gather(self, scene: Scene) -> None:
        people = [scene.stack.account(name, session=n) for name in PEOPLE for n in range(2)]
        await scene.keep_session(*people, seconds=LONG)
        await scene.keep_session(scene.stack.account("root"), seconds=BRIEF)
        await super().gather(scene)
        await scene.stack.spread_out(scene.tabs, least=6)
        self._victim, self._other = scene.stack.workers()
        # Who is there by one worker alone, of whom the other knows what it was told.
        self._movers = {self._victim: scene.tabs[-2:], self._other: scene.tabs[-4:-2]}
        for worker, tabs in self._movers.items():
            for tab in tabs:
                await scene.stack.put(tab, worker)

    def talkers(self, scene: Scene) -> list[Tab]:
        """Not those who lose their connection on purpose: their sends would be unanswered."""
        return [tab for tab in scene.tabs if tab not in self._movers[self._victim]]

    async def strike(self, scene: Scene) -> None:
        self._deeds = Deeds(scene.stack.directory)
        self._closes = {tab: len(tab.closes) for tab in scene.tabs}
        self._back, self._refused, self._taken, self._unseen, self._known = 0, 0, 0, 0, list[float]()
        sessions = scene.stack.database.select(SESSIONS)
        for offset in OFFSETS:
            await self._jump(scene, offset)
        self._changed = len(set(sessions) ^ set(scene.stack.database.select(SESSIONS)))
        assert self._victim in scene.stack.workers()

    async def _jump(self, scene: Scene, offset: int) -> None:
        guest = await self._guest(scene, f"before {offset:+}")
        async with scene.fault(f"{offset:+} s"):
            await self._set(scene, offset)
            await asyncio.gather(*(self._come_back(scene, tab) for tab in self._movers[self._victim]))
            if offset == DAY:
                # Told by nothing but the look at all sessions.
                await scene.until(guest.turned_away.is_set, within=ASKED, what="the guest's session found expired")
            elif offset > 0:
                await self._refuse(scene, guest)
            await asyncio.sleep(scene.seconds / 4)
            self._unseen += not self._know(scene)
            await self._set(scene, 0)
        self._refused += guest.turned_away.is_set()
        self._known.append(await scene.until(lambda: self._know(scene), within=PATIENCE, what="all known to be there"))
        if offset > 0:
            again = await self._guest(scene, f"after {offset:+}")
            self._taken += again.online.is_set()
            await scene.close(again)
        await scene.close(guest)

    async def _guest(self, scene: Scene, when: str) -> Tab:
        """A tab of the brief session that the worker serves."""
        guest = await scene.tab("root", label=f"root/{when}")
        await scene.stack.put(guest, self._victim)
        return guest

    async def _set(self, scene: Scene, offset: int) -> None:
        """Return when the worker has done it."""
        deed = deed_of(self._victim, offset)
        before = self._deeds.count(deed)
        scene.orders.give(order_for(self._victim), str(offset))
        await scene.until(lambda: self._deeds.count(deed) > before, within=PATIENCE, what="the clock set")

    async def _come_back(self, scene: Scene, tab: Tab) -> None:
        """Lose the connection, and get the next one from the worker whose clock is wrong."""
        await tab.drop()
        tab.hurry()
        await tab.online.wait()
        await scene.stack.put(tab, self._victim)
        self._back += 1

    async def _refuse(self, scene: Scene, guest: Tab) -> None:
        """Come again and again, until it is the worker with the wrong clock that is asked."""
        async with asyncio.timeout(PATIENCE):
            while not guest.turned_away.is_set():
                await guest.drop()
                guest.hurry()
                await scene.until(partial(_is_answered, guest), within=PATIENCE, what="the guest answered")

    def _know(self, scene: Scene) -> bool:
        """Whether everybody who has a room open is shown to everybody as there."""
        return all(set(PEOPLE) <= set(tab.presence[room]) for tab in scene.tabs for room in tab.rooms)

    async def measure(self, scene: Scene) -> None:
        scene.measure("jumps that messages show", self._jumps(scene), at_least=len(OFFSETS))
        scene.measure_recovery()
        scene.measure_spells(delivery_at_most=2.0)
        scene.measure_sends(unanswered_at_most=0)
        movers = self._movers[self._victim]
        closes = sum(len(tab.closes) - self._closes[tab] for tab in scene.tabs if tab not in movers)
        scene.measure("connections lost", closes, at_most=0)
        scene.measure(BACK, self._back, at_least=len(movers) * len(OFFSETS))
        scene.measure("sessions wrongly ended", sum(tab.turned_away.is_set() for tab in scene.tabs), at_most=0)
        ahead = sum(offset > 0 for offset in OFFSETS)
        scene.measure("brief sessions refused by the wrong clock", self._refused, at_least=ahead)
        scene.measure(TAKEN, self._taken, at_least=ahead)
        scene.measure("sessions changed", self._changed, at_most=0)
        scene.measure("jumps in which somebody there was not seen", self._unseen, at_least=1)
        scene.measure("who is there known after", max(self._known), unit="s", at_most=PRESENT)
        scene.measure("sends refused as too fast", measures.refused_as(scene.case, "rate_limited"), at_most=0)

    def _jumps(self, scene: Scene) -> int:
        """How many of the offsets are found in what messages say of when they were written."""
        ahead = time.time() - scene.history.clock()
        dated = dates(scene.stack.database)
        off = [dated[key] - ahead - sends[0].at for key, sends in scene.case.invoked.items() if key in dated]
        return sum(any(abs(seconds - offset) < HOUR / 2 for seconds in off) for offset in OFFSETS)


def _is_answered(tab: Tab) -> bool:
    return tab.online.is_set() or tab.turned_away.is_set()


ALL: list[type[Fault]] = [WorkerClockJumps]
