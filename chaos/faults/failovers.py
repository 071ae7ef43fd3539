"""A Redis that takes the place of another, and one of two that is gone."""

import asyncio

from chaos.faults.fault import Fault
from chaos.faults.redis import RedisFault
from chaos.scene import Scene
from chaos.stack.layout import Layout
from chaos.stack.ports import free_port
from chaos.stack.redis_server import RedisServer


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
    shown = ("delivery p95 meanwhile", "delivery p99 between workers", "recovery p95")
    layout = Layout(second_redis=True)
    repairs_from_database = 0.1

    async def strike(self, scene: Scene) -> None:
        second = scene.stack.redis_side.second
        assert second is not None
        async with scene.fault("one of two down"):
            second.kill()
            await asyncio.sleep(scene.seconds)
            second.start()


ALL: list[type[Fault]] = [FailedOver, SentinelFailover, OneOfTwoKilled]
