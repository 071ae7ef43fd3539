"""nginx reloaded, killed and told of fewer workers."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaos.clients.backoff import STEADY
from chaos.faults.fault import Fault
from chaos.scene import PEOPLE, Scene
from chaos.stack.front import Front
from chaos.stack.sockets import accepted_at

SHUTDOWN = re.compile(r"worker_shutdown_timeout \d+s;")
SOON = 2.0
"""Seconds for which nginx's old workers keep their connections after a reload."""


class FrontBroken(Fault):
    number, title = 22, "nginx reloaded five times, killed and started, one worker taken out of its list"
    promise = "each cuts everybody, who resumes within 3 s; with one upstream the other worker serves all"
    shown = ("recovery p95", "recovery max")
    afterwards = 0.0

    async def gather(self, scene: Scene) -> None:
        """A reload cuts who is connected when nginx's old workers end: here after seconds, not after a minute."""
        front = self._front(scene)
        text, found = SHUTDOWN.subn(f"worker_shutdown_timeout {SOON:g}s;", front.configuration.read_text())
        assert found == 1
        front.stop()
        front.configuration.write_text(text)
        front.start()
        await scene.stack.until_served()
        await super().gather(scene)

    async def strike(self, scene: Scene) -> None:
        front = self._front(scene)
        self._cut: dict[str, int] = {}
        async with self._phase(scene, "reloads"):
            await self._reload(scene, times=5)
        async with self._phase(scene, "kill -9, 1 s later a start"):
            front.kill()
            await asyncio.sleep(1)
            front.start()
        text = front.configuration.read_text()
        async with self._phase(scene, "one upstream"):
            front.configuration.write_text(re.sub(r'^ *server "unix:.*\n', "", text, count=1, flags=re.MULTILINE))
            await self._reload(scene)
        self._served = await self._served_by_the_other(scene)
        async with self._phase(scene, "both again"):
            front.configuration.write_text(text)
            await self._reload(scene)

    @asynccontextmanager
    async def _phase(self, scene: Scene, label: str) -> AsyncIterator[None]:
        """Count whose connection ends without a word, and go on when everybody's holds again."""
        before = {tab: len(tab.closes) for tab in scene.tabs}
        async with scene.fault(label):
            yield
        # Whoever is cut again before their connection has held waits longer than before: that is the page's back-off.
        await asyncio.sleep(STEADY)
        await scene.until(
            lambda: all(tab.wire is not None and tab.wire.held > STEADY for tab in scene.tabs),
            within=60,
            what=f"everybody back for {STEADY:g} s after: {label}",
        )
        self._cut[label] = sum(any(close.code == 1006 for close in tab.closes[n:]) for tab, n in before.items())

    async def _reload(self, scene: Scene, *, times: int = 1) -> None:
        """Reload, half a second after each other, and return when all that nginx left behind has ended."""
        front = self._front(scene)
        old: set[int] = set()
        for turn in range(times):
            await asyncio.sleep(0.5 if turn else 0)
            old |= front.workers()
            front.reload()
        await scene.until(lambda: not old & front.workers(), within=SOON + 20, what="nginx's old workers gone")

    async def _served_by_the_other(self, scene: Scene) -> int:
        """Connections of the worker that is left, a new one among them; the one taken out keeps none."""
        out, left = self._front(scene).sockets
        newcomer = await scene.tab(PEOPLE[0], rooms=scene.rooms, label=f"{PEOPLE[0]}/new")
        await scene.until(lambda: accepted_at(out) == 0, within=10, what="the worker taken out has nobody")
        served = accepted_at(left)
        await scene.close(newcomer)
        return served

    def _front(self, scene: Scene) -> Front:
        assert scene.stack.front is not None
        return scene.stack.front

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=3.0, longest_at_most=3.0)
        for label, cut in self._cut.items():
            scene.measure(f"cut by: {label}", cut, at_least=len(scene.tabs))
        scene.measure("served by the one worker left", self._served, at_least=len(scene.tabs) + 1)
        scene.measure_sends()


ALL: list[type[Fault]] = [FrontBroken]
