"""Clients that crash and share."""

import asyncio

from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.oracle.history import Outcome
from chaos.scene import PEOPLE, Scene
from chaos.stack.layout import LIFTED, Layout

RELOADER, SHARER = PEOPLE[2], PEOPLE[1]


class SharedOutbox(Fault):
    number, title = 28, "tabs closed between send and ack, reloaded, and two tabs with one outbox"
    promise = "sent once, in order, whoever sends it in the end"
    shown = ("reloads before the answer", "messages sent by both tabs", "attempts unanswered")
    layout = Layout(nginx=True, env=LIFTED)
    seconds = 0.0

    async def strike(self, scene: Scene) -> None:
        room = scene.rooms[0]
        async with scene.fault("reloaded in mid-send"):
            for turn in range(12):
                await self._reload(scene, room, turn)
        one, two = [tab for tab in scene.tabs if tab.account.name == SHARER][:2]
        async with scene.fault("two tabs, one outbox"):
            unsent = [(one.outbox.new_key(), f"shared {n}") for n in range(60)]
            self._unsent = [key for key, _ in unsent]
            both = [asyncio.create_task(self._empty(tab, room, unsent)) for tab in (one, two)]
            for _ in range(4):
                await asyncio.sleep(0.1)
                await scene.random.choice([one, two]).drop()
            await asyncio.gather(*both)

    async def _reload(self, scene: Scene, room: int, turn: int) -> None:
        """The tab dies at some moment after the message was put on the wire; the next one finds it in the outbox."""
        tab = await scene.tab(RELOADER, rooms=[room], label=f"{RELOADER}/before {turn}")
        unsent = [(tab.outbox.new_key(), f"before reload {turn}.{n}") for n in range(5)]
        sending = asyncio.create_task(self._empty(tab, room, unsent))
        await asyncio.sleep(scene.random.uniform(0, 0.03))
        await tab.drop()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await scene.close(tab)
        again = await scene.tab(RELOADER, rooms=[room], label=f"{RELOADER}/after {turn}")
        await self._empty(again, room, unsent)

    async def _empty(self, tab: Tab, room: int, unsent: list[tuple[str, str]]) -> None:
        for key, body in unsent:
            await tab.outbox.send(room, body, key=key)

    async def measure(self, scene: Scene) -> None:
        scene.measure("reloads before the answer", self._cut_off(scene), at_least=1)
        scene.measure("messages sent by both tabs", self._shared(scene), at_least=1)
        scene.measure_recovery()
        scene.measure_sends()

    def _cut_off(self, scene: Scene) -> int:
        """Tabs that died with a message of theirs on the wire, whose outcome the next one had to find out."""
        unknown = {
            each.client
            for attempts in scene.case.settled.values()
            for each in attempts
            if each.outcome is Outcome.INFO and each.client.startswith(f"{RELOADER}/before ")
        }
        return len(unknown)

    def _shared(self, scene: Scene) -> int:
        return sum(len({each.client for each in scene.case.invoked[key]}) == 2 for key in self._unsent)


ALL: list[type[Fault]] = [SharedOutbox]
