"""What a stream must bear without anything being broken: retries, spoiled hints, comings and goings."""

import asyncio
import time
from functools import partial
from itertools import count
from math import inf

from chaos import measures
from chaos.clients.tab import Tab
from chaos.clients.wire import Disconnected, Refused
from chaos.faults.between import DELIVERY, REPAIRED, BetweenWorkers
from chaos.faults.fault import Fault
from chaos.figure import quantile
from chaos.sabotage.deeds import Deeds
from chaos.sabotage.hints import DEEDS, MESS
from chaos.scene import PEOPLE, Scene, every
from chaos.stack.layout import LIFTED, Layout

TURNS = 500


class SubmittedTenfold(Fault):
    number, title = 17, "one key ten times at once, with another body, in another room, by another person"
    promise = "one row a key; another body or room is `key_conflict`; keys are each person's own"
    shown = ("rows per key", "conflicts named")
    layout = Layout(nginx=True, env=LIFTED)
    seconds = 0.0

    async def strike(self, scene: Scene) -> None:
        self._conflicts, self._own = 0, False
        authors = [tab for tab in scene.tabs if tab.account.name == PEOPLE[0]]
        stranger = scene.tabs[-1]
        room, elsewhere, _ = scene.rooms
        self._keys: list[str] = []
        async with scene.fault("submitted tenfold"):
            for turn in range(40):
                key = authors[0].outbox.new_key()
                self._keys.append(key)
                body = f"turn {turn}"
                submissions = [scene.random.choice(authors).outbox.attempt(room, body, key=key) for _ in range(10)]
                await asyncio.gather(*submissions)
                self._conflicts += await self._is_conflict(authors[0], room, "another", key)
                self._conflicts += await self._is_conflict(authors[1], elsewhere, body, key)
            self._own = await self._is_apart(scene, authors[0], stranger)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery()
        scene.measure_sends()
        rows = scene.stack.database.rows()
        most = max(sum(row.key == key for row in rows) for key in self._keys)
        scene.measure("rows per key", most, at_most=1, at_least=1)
        scene.measure("conflicts named", self._conflicts, at_least=80)
        scene.measure("same key of two people makes two messages", self._own, at_least=1)

    async def _is_apart(self, scene: Scene, one: Tab, two: Tab) -> bool:
        """Whether the same key of two people makes two messages. In a room that the oracle does not judge."""
        name = f"apart {scene.result.number} {scene.seed}"
        made = await scene.stack.site.api(one.account, "POST", "/api/rooms", {"name": name, "kind": "public"})
        room = made["room"]["id"]
        await two.ask({"type": "room.join", "room": room})
        send = {"type": "message.send", "room": room, "key": one.outbox.new_key(), "body": "whose?"}
        mine, theirs = await asyncio.gather(one.ask(send), two.ask(send))
        return bool(mine["message"]["id"] != theirs["message"]["id"])

    async def _is_conflict(self, tab: Tab, room: int, body: str, key: str) -> bool:
        # Not through the outbox: the oracle would hold the refusal against the message that is stored.
        try:
            await tab.ask({"type": "message.send", "room": room, "key": key, "body": body})
        except Refused as refusal:
            return refusal.code == "key_conflict"
        return False


class HintsSpoiled(BetweenWorkers):
    number, title = 18, "hints dropped (30 %), repeated, delayed up to 0.5 s and reordered"
    promise = "screens do not notice: at most 2 s late"
    shown = (*DEEDS, REPAIRED, "delivery p95 meanwhile", "delivery p99 between workers", "slowest delivery")
    layout = Layout(sabotage=True)
    seconds = 12.0
    repairs = 1.0

    async def strike(self, scene: Scene) -> None:
        deeds = Deeds(scene.stack.directory)
        before = {deed: deeds.count(deed) for deed in DEEDS}
        async with scene.fault("hints spoiled"):
            scene.orders.give(MESS)
            try:
                await asyncio.sleep(scene.seconds)
            finally:
                scene.orders.take_back(MESS)
        self._done = {deed: deeds.count(deed) - before[deed] for deed in DEEDS}

    async def measure(self, scene: Scene) -> None:
        for deed, times in self._done.items():
            scene.measure(deed, times, at_least=scene.seconds)
        scene.measure_recovery()
        scene.measure_spells(delivery_at_most=DELIVERY)
        self.measure_between(scene)
        await self.measure_repairs(scene)
        scene.measure_sends(unanswered_at_most=0)


class ComingAndGoing(Fault):
    number, title = 19, f"rooms opened and resumed {TURNS} times while messages flow"
    promise = "a snapshot and the live changes fit without a gap or an overlap"
    shown = ("openings", "changes told twice", "delivery p95")
    layout = Layout(nginx=True, env=LIFTED)
    seconds = 0.0
    rate = 60.0

    async def strike(self, scene: Scene) -> None:
        visitors = [await scene.tab(name, label=f"{name}/visits/{n}") for name in PEOPLE[:4] for n in range(2)]
        turns, end = count(), time.monotonic() + scene.seconds
        async with scene.fault("coming and going"):
            await asyncio.gather(*(self._come_and_go(scene, visitor, turns, end) for visitor in visitors))
        self._turns = next(turns) - len(visitors)
        for visitor in visitors:
            await visitor.open(scene.rooms[0])

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery()
        scene.measure_sends()
        scene.measure("openings", self._turns, at_least=TURNS)
        left = sum(upto < inf for _, upto in scene.case.owing())
        scene.measure("views judged when they were left", left, at_least=TURNS // 4)
        scene.measure("changes told twice", scene.history.repeats, at_most=0)
        taken = [each.took for each in measures.displays(scene.case)]
        scene.measure("delivery p95", quantile(taken, 0.95), unit="s")

    async def _come_and_go(self, scene: Scene, tab: Tab, turns: "count[int]", end: float) -> None:
        """Open, look for a moment, and leave: by losing the connection, by looking away, or for good."""
        room = scene.rooms[0]
        while (turn := next(turns)) < TURNS or time.monotonic() < end:
            try:
                await tab.open(room)
            except Disconnected:
                continue
            await asyncio.sleep(0.01 * (turn % 5))
            if turn % 3 == 0:
                await tab.drop()
                tab.hurry()
            elif turn % 3 == 1:
                await tab.hide(room)
            else:
                await tab.forget(room)


class Removed(Fault):
    number, title = 25, "members removed while the room is busy, with Redis and without"
    promise = "no view shows anything newer than the removal; each ends within 2 s"
    shown = ("view ended p95", "view ended max")
    seconds = 4.0

    async def strike(self, scene: Scene) -> None:
        owner, *spies = PEOPLE[0], PEOPLE[8], PEOPLE[9]
        room = scene.secret
        scene.history.restricted = {room}
        self._closing: list[float] = []
        talkers = [await scene.tab(name, rooms=[room], label=f"{name}/secret") for name in PEOPLE[:4]]
        async with scene.load(self.rate / 2, tabs=talkers, rooms=[room]):
            for spy, redis_is_up in zip(spies, (True, False), strict=True):
                eyes = [await scene.tab(spy, rooms=[room], label=f"{spy}/spies/{n}", session=n % 2) for n in range(6)]
                if not redis_is_up:
                    scene.stack.redis.kill()
                    await asyncio.sleep(4)
                await asyncio.sleep(1)
                async with scene.fault(f"removed, Redis {'up' if redis_is_up else 'down'}"):
                    path = f"/api/rooms/{room}/members/{eyes[0].account.id}"
                    await scene.stack.site.api(scene.stack.account(owner), "DELETE", path)
                    loop = asyncio.get_running_loop()
                    begun = loop.time()
                    for eye in eyes:
                        await scene.until(lambda e=eye: e.rooms[room].ended, within=10, what="a view ended")  # type: ignore[misc]
                        self._closing.append(loop.time() - begun)
                    await every(0.2, scene.seconds / 2, partial(talkers[0].ask, {"type": "typing.set", "room": room}))
                if not redis_is_up:
                    scene.stack.redis.start()
                    # A removal breaks nothing: what heals is Redis.
                    scene.healed = [time.monotonic()]
        scene.history.intervals = scene.intervals(room)

    async def measure(self, scene: Scene) -> None:
        scene.measure("view ended p95", quantile(self._closing, 0.95), unit="s", at_most=2.0)
        scene.measure("view ended max", max(self._closing), unit="s", at_most=2.0)
        scene.measure_recovery()
        scene.measure_sends()


ALL: list[type[Fault]] = [SubmittedTenfold, HintsSpoiled, ComingAndGoing, Removed]
