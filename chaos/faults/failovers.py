"""A Redis that takes the place of another, and one of two that is gone."""

import asyncio

from chaos.faults.between import DELIVERY, ENOUGH
from chaos.faults.fault import Fault
from chaos.faults.redis import RedisFault
from chaos.figure import quantile
from chaos.measures import LATE
from chaos.scene import PEOPLE, Scene
from chaos.stack.hints import carried_by
from chaos.stack.layout import Layout
from chaos.stack.ports import free_port
from chaos.stack.redis_server import RedisServer

MOST_ROOMS, OF_EACH = 12, 2


class FailedOver(RedisFault):
    number, title = 10, "failover to a replica, the old primary unreachable"
    promise = "both Redis servers only carry copies"
    shown = ("delivery p95 meanwhile", "delivery p99 between workers", "recovery p95")
    layout = Layout(redis_proxy=True)
    seconds = 8.0
    repairs_from_database = 0.1

    async def strike(self, scene: Scene) -> None:
        primary, replica = scene.stack.redis, RedisServer(port=free_port())
        replica.start()
        try:
            with replica.client() as client:
                client.execute_command("REPLICAOF", "127.0.0.1", str(primary.port))
                await scene.until(
                    lambda: client.info("replication")["master_link_status"] == "up", within=10, what="a replica"
                )
                # One spell: as long as both answer, workers may be divided between them.
                async with scene.fault("two primaries"):
                    scene.say("primary isolated")
                    # Old connections hang as behind a broken link; the address leads to the new primary from now on.
                    primary.pause()
                    await asyncio.sleep(1)
                    client.execute_command("REPLICAOF", "NO", "ONE")
                    scene.stack.redis_side.proxy.redirect(replica.connect)
                    await asyncio.sleep(scene.seconds / 2)
                    scene.say("old primary wakes up")
                    primary.resume()
                    await asyncio.sleep(scene.seconds / 2)
                    scene.say("back to the old primary")
                    scene.stack.redis_side.proxy.redirect(primary.connect)
                    replica.kill()
            await asyncio.sleep(3)
        finally:
            primary.resume()
            scene.stack.redis_side.proxy.redirect(primary.connect)
            replica.remove()


class SentinelFailover(RedisFault):
    number, title = 34, "Sentinel replaces a primary that hangs, and the old one comes back as a replica"
    promise = "clients do not notice which server Sentinel names"
    shown = ("Sentinel took", "delivery p95 meanwhile", "delivery p99 between workers", "recovery p95")
    layout = Layout(sentinels=True)
    seconds = 12.0
    repairs_from_database = 0.1

    async def strike(self, scene: Scene) -> None:
        watched = scene.stack.redis_side.sentinels
        assert watched is not None
        await scene.until(watched.ready, within=20, what="sentinels that know each other")
        old, new = watched.primary, watched.replica
        if watched.master_port() != old.port:
            old, new = new, old
        async with scene.fault("primary hangs"):
            old.pause()
            try:
                took = await scene.until(
                    lambda: watched.master_port() == new.port, within=scene.seconds + 20, what="a failover"
                )
                await asyncio.sleep(2)
            finally:
                old.resume()
        self._took = took
        await asyncio.sleep(scene.seconds / 2)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("Sentinel took", self._took, unit="s")


class OneOfTwoKilled(RedisFault):
    number, title = 35, "one of two Redis servers killed, down for a while, back empty"
    promise = "only the streams of the lost server go by the database"
    shown = (
        "rooms of the lost server",
        "delivery p99 between workers there",
        "rooms of the other",
        "delivery p99 between workers in those",
        "recovery p95",
    )
    layout = Layout(second_redis=True)
    repairs_from_database = 0.1

    async def gather(self, scene: Scene) -> None:
        self._kept: list[int] = []
        self._lost: list[int] = []
        await super().gather(scene)
        await self._share_out(scene)

    async def strike(self, scene: Scene) -> None:
        second = scene.stack.redis_side.second
        assert second is not None
        async with scene.fault("one of two down"):
            second.kill()
            await asyncio.sleep(scene.seconds)
            second.start()

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        lost, kept = (self.between_meanwhile(scene, rooms) for rooms in (self._lost, self._kept))
        scene.measure("rooms of the lost server", len(self._lost), at_least=1)
        scene.measure("deliveries between workers there", len(lost), at_least=ENOUGH)
        scene.measure("delivery p99 between workers there", quantile(lost, 0.99), unit="s", at_most=DELIVERY)
        scene.measure("rooms of the other", len(self._kept), at_least=1)
        scene.measure("deliveries between workers in those", len(kept), at_least=ENOUGH)
        unhindered = LATE + scene.stall
        scene.measure("delivery p99 between workers in those", quantile(kept, 0.99), unit="s", at_most=unhindered)

    async def _share_out(self, scene: Scene) -> None:
        """Talk in rooms of either server. Which one carries a room follows from its id: all three may be of one."""
        await self._look(scene)
        while not (self._kept and self._lost) and len(scene.rooms) < MOST_ROOMS:
            await self._add_room(scene)
            await self._look(scene)
        self._kept, self._lost = self._kept[:OF_EACH], self._lost[:OF_EACH]
        scene.rooms = [*self._kept, *self._lost]

    async def _look(self, scene: Scene) -> None:
        first, second = scene.stack.redis, scene.stack.redis_side.second
        assert second is not None

        def all_found() -> bool:
            self._kept, self._lost = carried_by(first, scene.rooms), carried_by(second, scene.rooms)
            return {*self._kept, *self._lost} == set(scene.rooms)

        await scene.until(all_found, within=10, what="workers that hear of every room")

    async def _add_room(self, scene: Scene) -> None:
        owner, *others = PEOPLE
        new = {"name": f"one more {scene.seed} {len(scene.rooms)}", "kind": "public"}
        account = scene.stack.account(owner)
        made = await scene.stack.site.api(account, "POST", "/api/rooms", new)
        room = made["room"]["id"]
        for name in others:
            await scene.stack.site.api(account, "POST", f"/api/rooms/{room}/members", {"username": name})
        await asyncio.gather(*(tab.open(room) for tab in scene.tabs))
        scene.rooms.append(room)


ALL: list[type[Fault]] = [FailedOver, SentinelFailover, OneOfTwoKilled]
