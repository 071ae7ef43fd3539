"""Clients that crash, share, and come in herds."""

import asyncio
import os
import signal

from chaos.clients.herd import Herd
from chaos.clients.tab import Tab
from chaos.faults.fault import Fault
from chaos.scene import PEOPLE, Scene
from chaos.stack.layout import Layout


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


class HerdReturns(Fault):
    number, title = 24, "3,000 connections of ten people cut at once: both workers killed"
    promise = "all back within 15 s, and none is behind"
    shown = ("95% back after", "100% back after", "told to come back later", "handshakes that failed")
    layout = Layout(nginx=True, env={"LIMIT_PERSON_SOCKETS": "5000"})
    seconds = 15.0
    stale_after = 40.0
    rate = 10.0
    size = 3000

    async def run(self, scene: Scene) -> None:
        accounts = [scene.stack.account(name) for name in PEOPLE]
        async with Herd(
            scene.stack.host, [account.session for account in accounts], room=scene.rooms[0], size=self.size
        ) as herd:
            self._herd = herd
            await herd.gathered(within=120)
            scene.say(f"{self.size} connected")
            await super().run(scene)

    async def gather(self, scene: Scene) -> None:
        await scene.gather(tabs=1)

    async def strike(self, scene: Scene) -> None:
        memory = scene.stack.memory()
        async with scene.fault("both workers killed", heals=False):
            for pid in scene.stack.workers():
                os.kill(pid, signal.SIGKILL)
            self._herd.was_cut()
        self._returned = await self._herd.returned(within=60)
        self._grown = scene.stack.memory() - memory

    async def measure(self, scene: Scene) -> None:
        scene.measure("connections", self.size)
        for share in (0.5, 0.95, 1.0):
            bound = 15.0 if share == 1.0 else None
            scene.measure(f"{share:.0%} back after", self._returned.after(share), unit="s", at_most=bound)
        # A session has a bounded number of places in the queue; these people have three hundred tabs each.
        sent_away = self._returned.failures.get("101", 0)
        scene.measure("told to come back later", sent_away)
        scene.measure("handshakes that failed", sum(self._returned.failures.values()) - sent_away)
        scene.result.notes.append(f"failed handshakes: {self._returned.failures}")
        deaf = await self._herd.behind(await self._head(scene))
        scene.measure("connections that are behind in the end", deaf, at_most=0)
        scene.measure_recovery()
        scene.measure_sends()

    async def _head(self, scene: Scene) -> int:
        [(head,)] = scene.stack.database.select(f"SELECT head FROM chat_room WHERE id = {scene.rooms[0]}")
        return int(head)


ALL: list[type[Fault]] = [SharedOutbox, HerdReturns]
