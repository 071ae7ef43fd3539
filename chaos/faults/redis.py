"""Redis gone, hanging, empty, slow, full, locked and replaced."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaos import lone
from chaos.clients.tab import Tab
from chaos.faults.between import DELIVERY, FROM_DATABASE, REPAIRED, BetweenWorkers
from chaos.faults.fault import Fault
from chaos.scene import PEOPLE, Scene, every
from chaos.stack.hints import Hints
from chaos.stack.layout import Layout

AFTER_REDIS = 3.0
REFUSALS = {"commands refused for want of memory": "errorstat_OOM", "for want of a password": "errorstat_NOAUTH"}
TOO_SLOW = "output buffer limits"
"""What Redis logs of each subscriber that it cuts for that."""
UNWELL = "spells in which a worker called it unwell"
HINTS = "hints flow again after"
SAYS_UNWELL = re.compile(r"^parley_redis_well\{.*\} 0\.0$", re.MULTILINE)


class RedisFault(BetweenWorkers):
    """Nobody waits for Redis: sends are answered all the time, and screens are at most two seconds behind."""

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_REDIS)
        scene.measure_spells(delivery_at_most=DELIVERY, ack_at_most=1.0)
        self.measure_between(scene)
        await self.measure_repairs(scene)
        scene.measure_sends(unanswered_at_most=0)
        await self._measure_deafness(scene)

    async def _measure_deafness(self, scene: Scene) -> None:
        """Whether anybody is deaf when all is over, and quiet: then nothing repairs it at once."""
        turn = await lone.take_turns(scene.stack, scene.tabs, scene.rooms)
        scene.measure(lone.AFTER, turn.slowest, unit="s", at_most=lone.WITHIN + turn.stall)
        scene.measure(lone.UNHEARD, turn.unheard, at_most=0)


class Killed(RedisFault):
    number, title = 6, "Redis killed, down for a while, back empty"
    promise = "sends do not notice; other workers' messages come within 2 s; hints flow again within 3 s"
    shown = ("delivery p95 meanwhile", "delivery p99 between workers", "ack p99 meanwhile", HINTS, "recovery p95")
    seconds = 12.0
    repairs_from_database = 1.0

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("Redis down"):
            scene.stack.redis.kill()
            await asyncio.sleep(scene.seconds)
            scene.stack.redis.start()
        # By its own account: a busy room repairs itself so fast that clients hardly notice.
        with Hints(scene.stack.redis, scene.rooms, workers=len(scene.stack.workers())) as hints:
            self._hints = await scene.until(hints.flow, within=20, what="hints that flow again")

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure(HINTS, self._hints, unit="s", at_most=AFTER_REDIS)


class Frozen(RedisFault):
    number, title = 7, "Redis hangs: connections stay open, nothing answers"
    promise = "as 6: no call to Redis is on the way of a send"
    shown = ("delivery p95 meanwhile", "delivery p99 between workers", "ack p99 meanwhile", "recovery p95")
    repairs_from_database = 1.0

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("Redis hangs"):
            scene.stack.redis.pause()
            try:
                await asyncio.sleep(scene.seconds)
            finally:
                scene.stack.redis.resume()


class Forgetful(RedisFault):
    number, title = 8, "FLUSHALL three times, then a restart empty"
    promise = "groups and subscriptions are rebuilt; nobody stays deaf"
    shown = ("delivery p99 between workers", "slowest delivery", "recovery p95", lone.AFTER, lone.UNHEARD)

    async def strike(self, scene: Scene) -> None:
        for _ in range(3):
            async with scene.fault("FLUSHALL", heals=False):
                with scene.stack.redis.client() as client:
                    client.flushall()
                await asyncio.sleep(1.5)
        async with scene.fault("restart empty", heals=False):
            scene.stack.redis.restart()
            await asyncio.sleep(1.5)


class SubscribersCut(RedisFault):
    number, title = 9, "subscribers cut every 0.4 s, then cut by Redis for being slow"
    promise = "what the layer drops is seen as a gap, or by the poll, and repaired"
    shown = (
        "subscriptions cut",
        "cut by Redis for being slow",
        REPAIRED,
        "delivery p95 meanwhile",
        "delivery p99 between workers",
        "slowest delivery",
    )
    repairs = 0.1

    async def strike(self, scene: Scene) -> None:
        self._cut = 0

        async def cut() -> None:
            self._cut += scene.stack.redis.kill_subscribers()

        async with scene.fault("CLIENT KILL TYPE pubsub"):
            await every(0.4, scene.seconds * 0.6, cut)
        await asyncio.sleep(3)
        with scene.stack.redis.client() as client:
            client.config_set("client-output-buffer-limit", "pubsub 4096 1024 1")
            before = scene.stack.redis.log().count(TOO_SLOW)
            try:
                async with scene.fault("output buffer of 4 kB"):
                    await every(0.2, scene.seconds * 0.4, lambda: self._long_message(scene))
            finally:
                client.config_set("client-output-buffer-limit", "pubsub 33554432 8388608 60")
        self._too_slow = scene.stack.redis.log().count(TOO_SLOW) - before

    async def _long_message(self, scene: Scene) -> None:
        await scene.random.choice(scene.tabs).outbox.send(scene.random.choice(scene.rooms), "long" * 1500)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("subscriptions cut", self._cut, at_least=5)
        scene.measure("cut by Redis for being slow", self._too_slow, at_least=1)


class Refusing(RedisFault):
    number, title = 11, "Redis full, then asking for a password, then 0.5 s slow"
    promise = "a Redis that refuses or is slow costs latency, never a send"
    shown = ("delivery p95 meanwhile", "delivery p99 between workers", "ack p99 meanwhile", *REFUSALS, UNWELL)
    layout = Layout(redis_proxy=True)

    async def strike(self, scene: Scene) -> None:
        self._unwell = 0
        with scene.stack.redis.client() as client:
            client.execute_command("CONFIG", "RESETSTAT")
            for spell in (self._full, self._locked, self._slow):
                async with spell(scene):
                    self._unwell += await self._goes_unwell(scene, within=scene.seconds / 2)
                await asyncio.sleep(4)
            errors = client.info("errorstats")
        self._refused = {name: errors.get(error, {"count": 0})["count"] for name, error in REFUSALS.items()}

    async def _goes_unwell(self, scene: Scene, *, within: float) -> bool:
        """Whether a worker says of Redis that it is unwell, looked at for so many seconds."""
        unwell = False

        async def look() -> None:
            nonlocal unwell
            answer = await scene.stack.site.call("GET", "/metrics")
            unwell = unwell or bool(SAYS_UNWELL.search(answer.body.decode()))

        await every(0.5, within, look)
        return unwell

    @asynccontextmanager
    async def _full(self, scene: Scene) -> AsyncIterator[None]:
        with scene.stack.redis.client() as client:
            client.config_set("maxmemory-policy", "noeviction")
            async with scene.fault("maxmemory reached"):
                client.config_set("maxmemory", "1mb")
                try:
                    yield
                finally:
                    client.config_set("maxmemory", "0")

    @asynccontextmanager
    async def _locked(self, scene: Scene) -> AsyncIterator[None]:
        with scene.stack.redis.client() as client:
            async with scene.fault("another password"):
                client.config_set("requirepass", "unknown")
                for kind in ("normal", "pubsub"):
                    client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
                try:
                    yield
                finally:
                    client.config_set("requirepass", "")

    @asynccontextmanager
    async def _slow(self, scene: Scene) -> AsyncIterator[None]:
        async with scene.fault("0.5 s each way"):
            scene.stack.redis_side.proxy.up.delay = scene.stack.redis_side.proxy.down.delay = 0.5
            try:
                yield
            finally:
                scene.stack.redis_side.proxy.heal()

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        for name, times in self._refused.items():
            scene.measure(name, times, at_least=scene.seconds / 2)
        scene.measure(UNWELL, self._unwell, at_least=2)


class LoneMessages(RedisFault):
    number, title = 33, "one message at a time, at every moment of a Redis outage"
    promise = "also the last message of a room, which no later one betrays, arrives within 4 s"
    shown = ("slowest delivery", FROM_DATABASE)
    seconds = 8.0
    stale_after = 4.0
    deliveries = 3
    repairs_from_database = 0.25

    async def gather(self, scene: Scene) -> None:
        self._ends = [await scene.tab(name, rooms=scene.rooms) for name in PEOPLE[:6]]
        await self.settle_down(scene)

    async def run(self, scene: Scene) -> None:
        """A busy room repairs itself, for the next message shows what is missing. Here nobody talks but us."""
        await self.gather(scene)
        await self.strike(scene)
        await self.end(scene)

    async def strike(self, scene: Scene) -> None:
        talking = asyncio.create_task(self._talk(scene, self._ends, scene.seconds + 8))
        await asyncio.sleep(3)
        async with scene.fault("Redis down"):
            scene.stack.redis.kill()
            await asyncio.sleep(scene.seconds)
            scene.stack.redis.start()
        await talking

    async def _talk(self, scene: Scene, ends: list[Tab], seconds: float) -> None:
        end = time.monotonic() + seconds
        turn = 0
        while time.monotonic() < end:
            await ends[turn % len(ends)].outbox.send(scene.rooms[turn % len(scene.rooms)], f"alone {turn}")
            await asyncio.sleep(1.1)
            turn += 1


ALL: list[type[Fault]] = [Killed, Frozen, Forgetful, SubscribersCut, Refusing, LoneMessages]
