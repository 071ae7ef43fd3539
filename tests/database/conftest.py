"""Tellers, and databases of their own to break."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.stack.database import Database
from chaos.stack.postgres_server import PostgresServer
from chaos.stack.small_disk import SmallDisk
from tests.database.teller import Teller

without_postgres = pytest.mark.skipif(
    not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")), reason="needs a PostgreSQL server"
)
# Where nothing may be left out, what cannot be mounted is a failure.
needs_a_disk = pytest.mark.skipif(
    not SmallDisk.possible() and os.environ.get("REQUIRE_ALL") != "1", reason="only root can mount a small disk"
)


@pytest_asyncio.fixture
async def tellers() -> AsyncIterator[list[Teller]]:
    """Those put here are stopped at the end."""
    tellers: list[Teller] = []
    yield tellers
    for teller in tellers:
        await teller.stop()


@pytest_asyncio.fixture
async def teller(database: Database, tmp_path: Path, tellers: list[Teller]) -> Teller:
    """A teller over the database of the test."""
    teller = Teller(database.url, tmp_path / "teller")
    tellers.append(teller)
    await teller.start()
    return teller


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL server, gone afterwards. pytest's directories are closed to the user it runs as."""
    with tempfile.TemporaryDirectory(prefix="parley-postgres-") as directory:
        Path(directory).chmod(0o755)
        data = Path(directory) / "server"
        data.mkdir()
        server = PostgresServer(data)
        server.create()
        try:
            yield server
        finally:
            server.crash()


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the tests of a module that leave it as it was."""
    with own_server() as server:
        yield server
