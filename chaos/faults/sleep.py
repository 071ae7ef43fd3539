"""Tabs whose machine sleeps."""

import asyncio
import time
from collections.abc import Sequence

from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.faults.network import NOTICED, ThroughProxy
from chaos.oracle.case import Case
from chaos.scene import Scene
from chaos.stack.layout import Layout
from chat.protocol.close_codes import CloseCode

SPAN = 100
"""Changes behind after which a view has to begin anew."""
RESET = 3
"""So many of the ways reset the connections of the sleepers; the others forget them without a word."""
LEVEL = 5.0
"""Seconds from waking up, or from knowing that the connection is dead: what lies unread is a sign of life till then."""
LEFT = 10.0
"""Seconds that the session of the guest has to go before anybody talks: it expires while they sleep."""
PATIENCE = 60.0


class Asleep(ThroughProxy):
    layout = Layout(nginx=True, env={"LIMIT_CATCH_UP_SPAN": str(SPAN), "LIMIT_CATCH_UP_ROWS": "50"})
    number, title = 32, "tabs that sleep until they are too far behind to catch up, or until their session has expired"
    promise = (
        "they wake up, are told to begin anew, and are level within 5 s, or 30 s where nobody tells them that the "
        "connection died; whose session expired is told to sign in (4401) and shows nothing more"
    )
    shown = ("views that began anew", "level after a reset, max", "level after a black hole, max", "recovery p95")
    seconds = 15.0
    stale_after = 60.0
    keeps_views = False

    async def gather(self, scene: Scene) -> None:
        await super().gather(scene)
        # Nobody else has a session of this person.
        self._guest = await scene.tab("root", rooms=scene.rooms, label="root/asleep", host=self.proxies[0].host)
        # Before anybody talks: for another hand a busy SQLite may have no turn.
        await scene.keep_session(self._guest.account, seconds=LEFT)
        self._expires_at = time.monotonic() + LEFT

    def talkers(self, scene: Scene) -> list[Tab]:
        """A guest whose session expires is owed no answer."""
        return [*self.near, *self.far]

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("asleep"):
            for tab in [*self.far, self._guest]:
                tab.doze()
            await asyncio.sleep(3)
            # The server or the way lost patience; the sleeper learns of it when it wakes up.
            for proxy in self.proxies[:RESET]:
                proxy.reset()
            for proxy in self.proxies[RESET:]:
                proxy.lose()
            await asyncio.sleep(scene.seconds)
            await scene.until(lambda: self._is_too_far(scene), within=PATIENCE, what="all too far behind")
            await scene.until(lambda: time.monotonic() > self._expires_at, within=LEFT, what="the session expired")
            for tab in [*self.far, self._guest]:
                tab.wake()
        # As many come by each way, in its order.
        cut = RESET * len(self.far) // len(self.proxies)
        self._after_reset, self._after_loss, _ = await asyncio.gather(
            self._level(scene, self.far[:cut]), self._level(scene, self.far[cut:]), self._turned_away(scene)
        )

    def _is_too_far(self, scene: Scene) -> bool:
        """Whether every view of every sleeper has to begin anew when it wakes up."""
        heads = {room: self.near[0].rooms[room].mine for room in scene.rooms}
        return all(heads[room] - tab.rooms[room].mine > SPAN for tab in self.far for room in scene.rooms)

    async def _level(self, scene: Scene, tabs: Sequence[Tab]) -> float:
        """Seconds until all of them show what the others show now."""
        heads = {room: self.near[0].rooms[room].mine for room in scene.rooms}
        views = [tab.rooms[room] for tab in tabs for room in scene.rooms]

        def level() -> bool:
            return all(view.settled.is_set() and view.mine >= heads[view.room] for view in views)

        return await scene.until(level, within=PATIENCE, what="the sleepers level")

    async def _turned_away(self, scene: Scene) -> None:
        await scene.until(self._guest.turned_away.is_set, within=PATIENCE, what="the guest is turned away")
        self._told = self._guest.closes[-1].code
        await scene.close(self._guest)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        # The next run of this stack has it too.
        await scene.keep_session(self._guest.account, seconds=86_400)
        views = [timeline for tab in self.far for timeline in tab.rooms.values()]
        scene.measure("views that began anew", sum(view.resets > 0 for view in views), at_least=len(views))
        scene.measure("level after a reset, max", self._after_reset, unit="s", at_most=LEVEL)
        scene.measure("level after a black hole, max", self._after_loss, unit="s", at_most=NOTICED + LEVEL)
        scene.measure("the expired session was told to sign in", self._told == CloseCode.SIGN_IN, at_least=1)
        late = shown_of(scene.case, self._guest.name, since=self._expires_at)
        scene.measure("shown to the expired session", late, at_most=0)


def shown_of(case: Case, client: str, *, since: float) -> int:
    """How many displays of what was sent after the moment the client had."""
    sent = {key for key, attempts in case.invoked.items() if attempts[0].at > since}
    return sum(event.client == client and event.row.key in sent for event in case.displays)


ALL: list[type[Fault]] = [Asleep]
