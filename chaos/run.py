"""Stages faults one after another, each on a stack of its own."""

import asyncio
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
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

    def run(self) -> Generator[Result, None, None]:
        """The results, as they come. A fault that cannot be staged here has a note and no figures.

        Closed early, it ends what was started.
        """
        for kind in self.faults:
            fault = kind()
            if self.engine not in fault.engines:
                yield self._left_out(fault, f"{self.engine} has nothing that this could happen to")
            elif hindrance := fault.hindrance():
                yield self._left_out(fault, hindrance, lacking=hindrance)
            else:
                yield from self._staged(fault)

    def _left_out(self, fault: Fault, why: str, *, lacking: str = "") -> Result:
        self.say(f"fault {fault.number} is left out: {why}")
        return Result(fault.number, fault.title, self.engine, seed=0, notes=[why], lacking=lacking)

    def _staged(self, fault: Fault) -> Iterator[Result]:
        """A result for each seed, or for what kept the stack from starting or ending."""
        try:
            with self._stack(fault) as (runner, stack):
                for seed in self.seeds:
                    yield runner.run(self._one(fault, stack, seed))
        except Exception as failure:
            problem = f"{type(failure).__name__}: {failure}"
            yield Result(fault.number, fault.title, self.engine, seed=0, problems=[problem])

    @contextmanager
    def _stack(self, fault: Fault) -> Iterator[tuple[asyncio.Runner, Stack]]:
        """One for all seeds, each of which has rooms of its own; and the event loop that it lives in."""
        directory = self.directory / f"{fault.number}-{self.engine}"
        directory.mkdir(parents=True)
        small = fault.layout.small_disk
        with asyncio.Runner() as runner, _database(directory, self.engine, small=small) as (database, server, disk):
            stack = Stack(directory, self._plan(), database=database, layout=fault.layout)
            stack.server, stack.disk = server, disk
            try:
                runner.run(stack.start())
                yield runner, stack
            finally:
                runner.run(_end(stack))

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


async def _end(stack: Stack) -> None:
    # A signal that is no Ctrl-C ends the loop and not the run in it.
    under_way = asyncio.all_tasks() - {asyncio.current_task()}
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)
    await stack.stop()


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
