"""SQLite in its bad moods."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chaos.stack.database import Database
from chaos.stack.small_disk import SmallDisk
from tests.database.conftest import needs_a_disk
from tests.database.holding import is_back, is_refused_politely, keeps_its_word
from tests.database.teller import Teller, Told

ROOM = 200_000
"""Bytes: more than the log's pages need in the file, less than twenty messages take in the log."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk", megabytes=4)
    yield disk
    disk.remove()


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """On the small disk, if the test has one."""
    return Database(request.getfixturevalue("disk").path if "disk" in request.fixturenames else tmp_path)


async def test_somebody_else_keeps_it_locked(teller: Teller, database: Database) -> None:
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = await is_refused_politely(teller)
        other.execute("ROLLBACK")
    assert await is_back(teller, refused, database) < 2


async def test_somebody_else_locks_it_for_a_moment(teller: Teller, database: Database) -> None:
    with closing(sqlite3.connect(database.file, isolation_level=None, timeout=10)) as other:
        for _ in range(10):
            other.execute("BEGIN EXCLUSIVE")
            sending = asyncio.create_task(teller.send(5))
            await asyncio.sleep(0.1)
            assert not sending.done()
            other.execute("ROLLBACK")
            assert (await sending).codes == {"ok"}
    keeps_its_word(teller, database)


@needs_a_disk
async def test_the_disk_is_full(disk: SmallDisk, teller: Teller, database: Database) -> None:
    refused = await fills_up(disk, teller)
    assert (await teller.read()).codes == {"ok"}
    disk.free()
    assert await is_back(teller, refused, database) < 2


@needs_a_disk
async def test_the_disk_is_full_of_its_own_log(disk: SmallDisk, teller: Teller, database: Database) -> None:
    """Room for the log's pages is enough: more of the log would take it, and then nothing could ever be folded."""
    assert (await teller.read()).codes == {"ok"}  # the log stays as long as somebody has the database open
    for _ in range(30):
        assert (await teller.send()).codes == {"ok"}
    refused = await fills_up(disk, teller)
    log = database.file.with_name(f"{database.file.name}-wal")
    assert log.stat().st_size > 4 * ROOM
    disk.give(ROOM)
    for _ in range(20):
        assert (await teller.send()).codes == {"ok"}
    assert await is_back(teller, refused, database) < 2


async def fills_up(disk: SmallDisk, teller: Teller) -> Told:
    """The last commands that were refused, politely."""
    assert (await teller.send(10)).codes == {"ok"}
    disk.fill()
    for _ in range(200):  # pages that are free already take some messages
        if (await teller.send(20)).codes != {"ok"}:
            return await is_refused_politely(teller)
    raise AssertionError("the disk was never full")


@needs_a_disk
async def test_it_can_only_be_read(
    disk: SmallDisk, teller: Teller, database: Database, tellers: list[Teller], tmp_path: Path
) -> None:
    assert (await teller.send(10)).codes == {"ok"}
    await teller.stop()  # nothing can be taken away from whoever has it open for writing
    subprocess.run(["mount", "-o", "remount,ro", disk.path], check=True)
    late = Teller(database.url, tmp_path / "late")
    tellers.append(late)
    await late.start(like=teller)
    refused = await is_refused_politely(late)
    subprocess.run(["mount", "-o", "remount,rw", disk.path], check=True)
    assert await is_back(late, refused, database) < 2
