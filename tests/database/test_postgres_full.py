"""PostgreSQL on a disk that is full, its own log included."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chaos.stack.database import Database
from chaos.stack.postgres_server import PostgresServer
from chaos.stack.small_disk import SmallDisk
from tests.database.conftest import needs_a_disk, without_postgres
from tests.database.holding import is_back, is_refused_politely, keeps_its_word
from tests.database.teller import Teller

pytestmark = [without_postgres, needs_a_disk, pytest.mark.timeout(240)]


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory(prefix="parley-full-") as directory:
        Path(directory).chmod(0o755)
        disk = SmallDisk(Path(directory) / "disk", megabytes=64)
        yield disk
        disk.remove()


@pytest.fixture
def server(disk: SmallDisk) -> Iterator[PostgresServer]:
    """Its data is on the small disk, what it says is not."""
    server = PostgresServer(disk.path, small=True)
    server.create()
    yield server
    server.crash()


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> Database:
    return Database(tmp_path, server=server.url)


async def test_nothing_is_acknowledged_and_it_is_found_again_when_there_is_room(
    disk: SmallDisk, server: PostgresServer, teller: Teller, database: Database
) -> None:
    assert (await teller.send(10)).codes == {"ok"}
    disk.fill()
    # What it had set aside takes some more; then its log has no room either, and it gives up by itself.
    for _ in range(400):
        await teller.send(20)
        if not await asyncio.to_thread(goes_on, server):
            break
    refused = await is_refused_politely(teller)
    assert (await teller.read()).codes <= {"ok", "unavailable"}
    said = disk.path.with_suffix(".log").read_text()
    assert "No space left on device" in said
    assert "PANIC" in said
    disk.free()
    if not server.running:
        server.start()  # as a supervisor does
    await is_back(teller, refused, database, within=20)
    assert (await teller.look("/api/rooms"))[0] == 200
    keeps_its_word(teller, database)


def goes_on(server: PostgresServer) -> bool:
    """Have it begin the next file of its log; whether it lives on."""
    try:
        with psycopg.connect(server.url, autocommit=True, connect_timeout=5) as connection:
            connection.execute("SELECT pg_switch_wal()")
    except psycopg.OperationalError:
        return False
    return server.running
