"""Workers that die, leave and hang."""

import asyncio
import os
import signal
import time

from chaos.faults.fault import Fault
from chaos.sabotage import deaths
from chaos.scene import Scene
from chaos.stack.layout import Layout

AFTER_A_KILL = 3.0


class KilledMidSend(Fault):
    number, title = 1, "kill -9 before COMMIT, between COMMIT and ack, and between ack and hint"
    promise = "one row, one number; the retry gets the stored row; the client is back within 3 s"
    shown = ("recovery p95", "recovery max")
    layout = Layout(nginx=True, sabotage=True)

    async def strike(self, scene: Scene) -> None:
        for point in deaths.POINTS:
            before = set(scene.stack.workers())
            scene.orders.give(point)
            async with scene.fault(point, heals=False):
                await scene.until(lambda b=before: b != set(scene.stack.workers()), within=20, what=point)  # type: ignore[misc]
                await scene.stack.until_served()
            await asyncio.sleep(4)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL)
        scene.measure_sends()
        repeated = [key for key, sends in scene.case.invoked.items() if len(sends) > 1 and key in scene.case.acked]
        scene.measure("messages sent more than once", len(repeated))


class KilledOverAndOver(Fault):
    number, title = 2, "kill -9 of a random worker every 3 s"
    promise = "the other worker serves on; each client is back within 3 s"
    shown = ("recovery p95", "recovery max")
    seconds = 18.0

    async def strike(self, scene: Scene) -> None:
        end = time.monotonic() + scene.seconds
        while time.monotonic() < end:
            victim = scene.random.choice(scene.stack.workers())
            async with scene.fault(f"kill -9 {victim}", heals=False):
                scene.stack.kill_worker(victim)
            await asyncio.sleep(3)
        await scene.stack.until_served()

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL)
        scene.measure_sends()


class RollingRestart(Fault):
    number, title = 3, "SIGTERM to one worker, then a rolling restart of all"
    promise = "everybody is told 1012 and when to come back; every send is stored"
    shown = ("recovery p95", "closes with 1012", "attempts unanswered")

    async def strike(self, scene: Scene) -> None:
        self._before = {tab: len(tab.closes) for tab in scene.tabs}
        first = scene.stack.workers()[0]
        async with scene.fault("SIGTERM to one worker", heals=False):
            os.kill(first, signal.SIGTERM)
            await scene.until_replaced({first})
        await asyncio.sleep(3)
        assert scene.stack.gunicorn is not None
        async with scene.fault("rolling restart", heals=False):
            old = set(scene.stack.workers())
            scene.stack.gunicorn.signal(signal.SIGHUP)
            await scene.until_replaced(old)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL)
        scene.measure_sends()
        closes = [close.code for tab in scene.tabs for close in tab.closes[self._before[tab] :]]
        scene.measure("closes with 1012", closes.count(1012))
        scene.measure("other closes", len(closes) - closes.count(1012), at_most=0)


class KilledWhileDraining(Fault):
    number, title = 4, "SIGKILL in the middle of a drain"
    promise = "as 1"
    shown = ("recovery p95", "recovery max")

    async def strike(self, scene: Scene) -> None:
        for _ in range(3):
            victim = scene.stack.workers()[0]
            async with scene.fault("SIGTERM, then SIGKILL", heals=False):
                os.kill(victim, signal.SIGTERM)
                await asyncio.sleep(scene.random.uniform(0.0, 0.1))
                if victim in scene.stack.workers():
                    scene.stack.kill_worker(victim)
                await scene.until_replaced({victim})
            await asyncio.sleep(3)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_A_KILL)
        scene.measure_sends()


class Hanging(Fault):
    number, title = 5, "SIGSTOP of a worker, then SIGCONT"
    promise = "clients move to the other worker; the one that wakes up acknowledges nothing stale"
    shown = ("ack p99 meanwhile", "recovery p95")
    seconds = 20.0

    async def strike(self, scene: Scene) -> None:
        victim = scene.stack.workers()[0]
        async with scene.fault("worker stopped"):
            os.kill(victim, signal.SIGSTOP)
            try:
                await asyncio.sleep(scene.seconds)
            finally:
                if victim in scene.stack.workers():
                    os.kill(victim, signal.SIGCONT)
        await scene.stack.until_served()

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery()
        scene.measure_spells()
        scene.measure_sends()


ALL: list[type[Fault]] = [KilledMidSend, KilledOverAndOver, RollingRestart, KilledWhileDraining, Hanging]
