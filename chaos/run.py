"""Stages faults one after another, each on a stack of its own."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.faults.fault import Engine, Fault
from chaos.result import Result
from chaos.scene import PEOPLE, Scene, rooms_of, secret_of
from chaos.stack.database import Database
from chaos.stack.log_watch import LogWatch
from chaos.stack.population import Plan
from chaos.stack.postgres_server import PostgresServer
from chaos.stack.small_disk import SmallDisk
from chaos.stack.stack import Stack

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """What to stage. `seconds`: how long each fault lasts; None: as long as it says itself."""

    faults: Sequence[type[Fault]]
    engine: Engine
    seeds: Sequence[int]
    seconds: float | None
    directory: Path
    say: Say

    def run(self) -> Iterator[Result]:
        """The results, as they come. A fault that cannot be staged here has a note and no figures."""
        for kind in self.faults:
            fault = kind()
            if self.engine not in fault.engines:
                yield self._left_out(fault, f"{self.engine} has nothing that this could happen to")
            elif hindrance := fault.hindrance():
                yield self._left_out(fault, hindrance, lacking=hindrance)
            else:
                yield from asyncio.run(self._staged(fault))

    def _left_out(self, fault: Fault, why: str, *, lacking: str = "") -> Result:
        self.say(f"fault {fault.number} is left out: {why}")
        return Result(fault.number, fault.title, self.engine, seed=0, notes=[why], lacking=lacking)

    async def _staged(self, fault: Fault) -> list[Result]:
        """All seeds on one stack, each in rooms of its own."""
        directory = self.directory / f"{fault.number}-{self.engine}"
        directory.mkdir(parents=True)
        with _database(directory, self.engine, small=fault.layout.small_disk) as (database, server, disk):
            stack = Stack(directory, self._plan(), database=database, layout=fault.layout)
            stack.server, stack.disk = server, disk
            try:
                await stack.start()
                return [await self._one(fault, stack, seed) for seed in self.seeds]
            except AssertionError as failure:
                return [Result(fault.number, fault.title, self.engine, seed=0, problems=[str(failure)])]
            finally:
                await stack.stop()

    async def _one(self, fault: Fault, stack: Stack, seed: int) -> Result:
        result = Result(fault.number, fault.title, self.engine, seed)
        watch = LogWatch(stack)
        scene = Scene(
            stack,
            result,
            seconds=fault.seconds if self.seconds is None else self.seconds,
            say=lambda what: self.say(f"fault {fault.number} on {self.engine}, seed {seed}: {what}"),
        )
        scene.say(fault.title)
        try:
            async with scene.pulse:
                await fault.run(scene)
            if fault.log_is_judged:
                watch.assert_clean()
        except Exception as failure:
            result.problems.append(f"{type(failure).__name__}: {failure}")
        finally:
            await scene.leave()
        result.seconds = time.monotonic() - scene.begun
        return result

    def _plan(self) -> Plan:
        rooms = {slug: PEOPLE for seed in self.seeds for slug in [*rooms_of(seed), secret_of(seed)]}
        return Plan(people=["root", *PEOPLE], rooms=rooms, private=[secret_of(seed) for seed in self.seeds])


@contextmanager
def workplace() -> Iterator[Path]:
    """A directory for a campaign, gone afterwards. The user postgres may pass through it."""
    with tempfile.TemporaryDirectory(prefix="parley-chaos-") as directory:
        path = Path(directory)
        path.chmod(0o711)
        yield path


@contextmanager
def _database(
    directory: Path, engine: Engine, *, small: bool
) -> Iterator[tuple[Database, PostgresServer | None, SmallDisk | None]]:
    """An empty database, its server where it has one, and its disk where that is small."""
    home = directory / "database"
    # Room for the log of either: SQLite's may grow to 40 MB, PostgreSQL's segments have 16.
    disk = SmallDisk(home, megabytes=64) if small else None
    home.mkdir(exist_ok=True)
    server = None
    try:
        if engine == "postgres":
            server = PostgresServer(home, small=small)
            server.create()
        yield Database(home, server=server.url if server else ""), server, disk
    finally:
        if server is not None:
            server.crash()
        if disk is not None:
            disk.remove()
