"""The database gone, cutting connections, and locked."""

import asyncio
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from chaos.faults.fault import Fault
from chaos.oracle.history import Settled
from chaos.scene import Scene, every
from chaos.stack.layout import Layout

AFTER_THE_DATABASE = 5.0


@dataclass(frozen=True, kw_only=True)
class Dark:
    """A time in which nothing could be stored. `newest`: the id stored last before it, where that is known."""

    begin: float
    end: float
    newest: int | None = None

    def forbids(self, ack: Settled) -> bool:
        """Whether it is false: not one of what was stored before, which may be answered a moment later."""
        known = ack.row is not None and self.newest is not None and ack.row.id <= self.newest
        return self.begin < ack.at < self.end and not known


class DatabaseFault(Fault):
    """While it is away nothing is acknowledged, and afterwards everything goes on without a restart."""

    afterwards = 6.0

    async def run(self, scene: Scene) -> None:
        self._workers = scene.stack.workers()
        self.dark: list[Dark] = []
        await super().run(scene)

    async def measure(self, scene: Scene) -> None:
        scene.measure_recovery(at_most=AFTER_THE_DATABASE)
        scene.measure_sends()
        if self.dark:
            acked = [attempts[0] for attempts in scene.case.acked.values()]
            false = sum(dark.forbids(ack) for ack in acked for dark in self.dark)
            scene.measure("acks while it could store nothing", false, at_most=0)
        scene.measure("workers that died", len(set(self._workers) - set(scene.stack.workers())), at_most=0)


class Crashed(DatabaseFault):
    number, title = 12, "PostgreSQL stopped at once, down for a while, started"
    promise = "nothing is acknowledged that is not stored; work goes on within 5 s, without a restart"
    shown = ("recovery p95", "acks while it could store nothing")
    engines = ("postgres",)
    seconds = 8.0

    async def strike(self, scene: Scene) -> None:
        assert scene.stack.server is not None
        async with scene.fault("PostgreSQL down"):
            scene.stack.server.crash()
            begin = time.monotonic() + 0.1
            await asyncio.sleep(scene.seconds)
            self.dark.append(Dark(begin=begin, end=time.monotonic()))
            await asyncio.to_thread(scene.stack.server.start)


class Terminated(DatabaseFault):
    number, title = 13, "pg_terminate_backend in a loop, then answers to COMMIT cut off"
    promise = "an unknown outcome is settled by the retry: one row"
    shown = ("backends terminated", "commits whose answer was cut", "attempts unanswered", "recovery p95")
    engines = ("postgres",)
    layout = Layout(nginx=True, database_proxy=True)

    async def strike(self, scene: Scene) -> None:
        database, proxy = scene.stack.database, scene.stack.database_proxy
        self._terminated = 0

        async def terminate() -> None:
            self._terminated += await asyncio.to_thread(database.terminate_backends)

        async with scene.fault("backends terminated"):
            await every(0.5, scene.seconds / 2, terminate)
        await asyncio.sleep(3)

        async def cut_once() -> None:
            cuts = proxy.cuts
            proxy.up.cut_on = b"COMMIT"
            await scene.until(lambda: proxy.cuts > cuts, within=20, what="a commit to cut")
            proxy.up.cut_on = None

        async with scene.fault("answers to COMMIT cut off"):
            await every(0.3, scene.seconds / 2, cut_once)
        proxy.heal()

    async def measure(self, scene: Scene) -> None:
        await super().measure(scene)
        scene.measure("backends terminated", self._terminated, at_least=3)
        scene.measure("commits whose answer was cut", scene.stack.database_proxy.cuts, at_least=3)


class Locked(DatabaseFault):
    number, title = 14, "the database locked by somebody else"
    promise = "nothing is acknowledged meanwhile; sends wait, then are stored"
    shown = ("recovery p95", "acks while it could store nothing")
    seconds = 8.0

    async def strike(self, scene: Scene) -> None:
        async with scene.fault("locked"):
            if scene.stack.database.is_postgres:
                await asyncio.to_thread(self._hold_table, scene)
            else:
                await asyncio.to_thread(self._hold_file, scene)

    def _hold_file(self, scene: Scene) -> None:
        with closing(sqlite3.connect(scene.stack.database.file, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            self._wait(scene, connection)
            connection.execute("ROLLBACK")

    def _hold_table(self, scene: Scene) -> None:
        with scene.stack.database.connection() as connection, connection.transaction():
            connection.execute("LOCK TABLE chat_message IN ACCESS EXCLUSIVE MODE")
            self._wait(scene, connection)

    def _wait(self, scene: Scene, connection: Any) -> None:
        """In a thread of its own: the clients go on."""
        [(newest,)] = connection.execute("SELECT coalesce(max(id), 0) FROM chat_message").fetchall()
        begin = time.monotonic()
        time.sleep(scene.seconds)
        self.dark.append(Dark(begin=begin, end=time.monotonic(), newest=newest))


ALL: list[type[Fault]] = [Crashed, Terminated, Locked]
