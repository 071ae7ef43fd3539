"""Disks that are full, and that fail."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chaos.clients.outbox import UNKNOWN
from chaos.faults.database import Dark, DatabaseFault
from chaos.faults.fault import Fault
from chaos.oracle.history import Settled
from chaos.scene import Scene
from chaos.stack.exhaustion import exhaust, newest
from chaos.stack.layout import Layout
from chaos.stack.process import is_traced
from chaos.stack.small_disk import SmallDisk

REFUSED, FAILED = "sends refused by the full disk", "fsyncs that failed"
READABLE = 30.0
"""Seconds from when the disk has room again in which the database can be read."""


class DiskFull(DatabaseFault):
    number, title = 15, "disk full, then fsync that fails"
    promise = "no false acknowledgement, from a full disk or a failing fsync"
    shown = (REFUSED, FAILED, "recovery p95", "acks while it could store nothing")
    layout = Layout(nginx=True, small_disk=True)
    seconds = 6.0

    def hindrance(self) -> str:
        if not SmallDisk.possible():
            return "a disk that can be filled takes root to mount"
        return "" if shutil.which("strace") else "there is no strace, by which fsync is made to fail"

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("disk full"):
            begin = time.monotonic()
            async with _filled(scene):
                await scene.until(lambda: _refused(scene, begin) > 0, within=20, what="a send refused")
                await asyncio.sleep(scene.seconds)
                self._refused = _refused(scene, begin)
                end, until = time.monotonic(), time.time()
                stored = await asyncio.to_thread(newest, scene.stack.database, until=until)
            await self._again(scene)
            while stored is None:
                # It had given up, was about to, or recovers by itself; what it has stored since is newer.
                assert time.monotonic() - end < READABLE, "the database cannot be read though its disk has room"
                await asyncio.sleep(0.2)
                await self._again(scene)
                stored = await asyncio.to_thread(newest, scene.stack.database, until=until)
            self.dark.append(Dark(begin=begin, end=end, newest=stored))
        await asyncio.sleep(6)
        async with scene.fault("fsync fails"):
            await self._spoil_fsync(scene)
            await self._again(scene)

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure(REFUSED, self._refused, at_least=1)
        scene.measure(FAILED, self._failed, at_least=1)

    async def _spoil_fsync(self, scene: Scene) -> None:
        """EIO for every fsync of the processes that write the database."""
        pids = scene.stack.workers()
        if scene.stack.server is not None:
            pids = scene.stack.server.processes()
        attach = [word for pid in pids for word in ("-p", str(pid))]
        tracer = subprocess.Popen(
            ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO", *attach],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            await scene.until(lambda: all(map(is_traced, pids)), within=20, what="strace attached")
            begin = time.monotonic() + 1.0
            await asyncio.sleep(scene.seconds / 2 + 1)
            self.dark.append(Dark(begin=begin, end=time.monotonic()))
        finally:
            tracer.terminate()
            _, told = tracer.communicate(timeout=10)
        self._failed = told.count(b"INJECTED")

    async def _again(self, scene: Scene) -> None:
        """A PostgreSQL that gave up is started again, as its supervisor would."""
        server = scene.stack.server
        if server is not None and not server.running:
            scene.result.notes.append("PostgreSQL ended itself, and was started again")
            await asyncio.to_thread(server.start)


@asynccontextmanager
async def _filled(scene: Scene) -> AsyncIterator[None]:
    """What is given back meanwhile is taken again."""
    disk = scene.stack.disk
    assert disk is not None
    done = asyncio.Event()

    async def take() -> None:
        while not done.is_set():
            await asyncio.to_thread(exhaust, disk, scene.stack.database)
            await asyncio.sleep(0.1)

    taking = asyncio.create_task(take())
    try:
        yield
    finally:
        done.set()
        await taking
        disk.free()


def _refused(scene: Scene, since: float) -> int:
    """How many attempts to send the server could not carry out."""
    settled = (event for event in scene.history.events if isinstance(event, Settled) and event.at > since)
    return sum(event.code in UNKNOWN for event in settled)


ALL: list[type[Fault]] = [DiskFull]
