"""Clients that crash and share."""

import asyncio

from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.scene import PEOPLE, Scene


class SharedOutbox(Fault):
    number, title = 28, "tabs closed between send and ack, reloaded, and two tabs with one outbox"
    promise = "sent once, in order, whoever sends it in the end"
    shown = ("attempts unanswered",)
    seconds = 0.0

    async def strike(self, scene: Scene) -> None:
        room = scene.rooms[0]
        async with scene.fault("reloaded in mid-send"):
            for turn in range(12):
                await self._reload(scene, room, turn)
        one, two = [tab for tab in scene.tabs if tab.account.name == PEOPLE[1]][:2]
        async with scene.fault("two tabs, one outbox"):
            unsent = [(one.outbox.new_key(), f"shared {n}") for n in range(60)]
            both = [asyncio.create_task(self._empty(tab, room, unsent)) for tab in (one, two)]
            for _ in range(4):
                await asyncio.sleep(0.1)
                await scene.random.choice([one, two]).drop()
            await asyncio.gather(*both)

    async def _reload(self, scene: Scene, room: int, turn: int) -> None:
        """The tab dies at some moment after the message was put on the wire; the next one finds it in the outbox."""
        name = PEOPLE[2]
        tab = await scene.tab(name, rooms=[room], label=f"{name}/before {turn}")
        unsent = [(tab.outbox.new_key(), f"before reload {turn}.{n}") for n in range(5)]
        sending = asyncio.create_task(self._empty(tab, room, unsent))
        await asyncio.sleep(scene.random.uniform(0, 0.03))
        await tab.drop()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await scene.close(tab)
        again = await scene.tab(name, rooms=[room], label=f"{name}/after {turn}")
        await self._empty(again, room, unsent)

    async def _empty(self, tab: Tab, room: int, unsent: list[tuple[str, str]]) -> None:
        for key, body in unsent:
            await tab.outbox.send(room, body, key=key)

    async def measure(self, scene: Scene) -> None:
        scene.measure_sends()


ALL: list[type[Fault]] = [SharedOutbox]
