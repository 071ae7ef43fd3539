"""Versions that meet, and a past that comes back."""

import asyncio
import signal

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from chaos.drains import Drains
from chaos.faults.fault import Fault
from chaos.faults.workers import LONGEST_SEND
from chaos.oracle.history import Altered, Answered, Displayed, Event, Settled
from chaos.quiet import converged
from chaos.scene import PEOPLE, Scene

APP, LAST, SETTINGS = "next_version", "0001", "chaos.next_version.settings"
APPLIED = f"SELECT count(*) FROM django_migrations WHERE app = '{APP}'"


class Skewed(Fault):
    number, title = 26, "rolling restarts and a migration under way, clients of another version"
    promise = (
        "every send is acknowledged in the end, within 5 s; "
        "a client that speaks something else is told to load anew (4400)"
    )
    shown = ("migrations done under way", "recovery p95", "attempts unanswered", "longest send")
    seconds = 4.0

    async def strike(self, scene: Scene) -> None:
        assert scene.stack.gunicorn is not None
        self._told_to_reload = self._migrated = 0
        self._drains = Drains(scene.stack.workers)
        for target, applied in ((LAST, 1), ("zero", 0)):
            async with scene.fault(f"rolling restart, migration to {target}", heals=False):
                old = set(scene.stack.workers())
                scene.stack.gunicorn.signal(signal.SIGHUP)
                self._drains.watch(old, rolled=True)
                await scene.stack.manage("migrate", APP, target, "--verbosity", "0", "--settings", SETTINGS)
                await scene.until_replaced(old)
            self._migrated += scene.stack.database.select(APPLIED) == [(applied,)]
            await asyncio.sleep(3)
        async with scene.fault("clients of another version"):
            for offered in (["parley.v0"], ["parley.v2"], ["parley.v3", "parley.v2"]):
                self._told_to_reload += await self._is_sent_away(scene, offered)
            await asyncio.sleep(scene.seconds)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery()
        scene.result.figures.append(await self._drains.figure())
        scene.measure_sends(longest_at_most=LONGEST_SEND)
        scene.measure("migrations done under way", self._migrated, at_least=2)
        scene.measure("strange clients told to load anew", self._told_to_reload, at_least=3)

    async def _is_sent_away(self, scene: Scene, offered: list[str]) -> bool:
        """Whether a client that speaks nothing but these is closed with 4400."""
        socket = await connect(
            f"ws://{scene.stack.host}/ws/",
            additional_headers={"Cookie": f"sessionid={scene.stack.account(PEOPLE[0]).session}"},
            origin=Origin(f"http://{scene.stack.host}"),
            subprotocols=[Subprotocol(each) for each in offered],
            proxy=None,
        )
        try:
            async with asyncio.timeout(10):
                while True:
                    await socket.recv()
        except ConnectionClosed:
            return socket.close_code == 4400


class Restored(Fault):
    number, title = 29, "an older backup restored while clients remember more"
    promise = "a new epoch: every view begins anew; what was acknowledged after the backup is gone, and only that"
    shown = ("acks lost by design", "views that began anew", "recovery p95")
    seconds = 3.0

    async def run(self, scene: Scene) -> None:
        """What was acknowledged after the backup is lost by design, and counted; nothing else may be."""
        stack = scene.stack
        await scene.gather()
        async with scene.load(self.rate):
            await asyncio.sleep(3)
        await converged(stack, scene.tabs, within=20)
        await asyncio.to_thread(stack.database.back_up)
        backed_up = scene.history.clock()
        async with scene.load(self.rate) as lost:
            await asyncio.sleep(scene.seconds)
        assert stack.gunicorn is not None
        async with scene.fault("restored"):
            await asyncio.to_thread(stack.gunicorn.stop)
            restored = scene.history.clock()
            await asyncio.to_thread(stack.database.restore)
            await stack.manage("renew_epoch")
            # Redis keeps copies of the life that is over.
            await stack.serve()
        async with scene.load(self.rate):
            await asyncio.sleep(5)
        scene.loads.remove(lost)
        undone = [event for event in scene.history.events if _is_undone(event, backed_up, restored)]
        scene.history.events[:] = [
            event for event in scene.history.events if not _is_undone(event, backed_up, restored)
        ]
        await scene.settle(stale_after=self.stale_after)
        scene.measure_acknowledged()
        keys = {event.key for event in undone if isinstance(event, Settled)}
        scene.measure("acks lost by design", len(keys))
        began_anew = sum(timeline.resets > 0 for tab in scene.tabs for timeline in tab.rooms.values())
        scene.measure("views that began anew", began_anew, at_least=len(scene.tabs) * len(scene.rooms))
        scene.measure_recovery(at_most=5.0)

    async def strike(self, scene: Scene) -> None:
        """Nothing: the course is another one."""


def _is_undone(event: Event, since: float, until: float) -> bool:
    """Whether the restored database knows nothing of it."""
    return isinstance(event, Settled | Displayed | Altered | Answered) and since < event.at < until


ALL: list[type[Fault]] = [Skewed, Restored]
