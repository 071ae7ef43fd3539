"""PostgreSQL in its bad moods."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from chaos.proxy import FaultProxy
from chaos.stack.database import Database
from chaos.stack.postgres_server import PostgresServer
from tests.database.conftest import without_postgres
from tests.database.holding import is_back, is_refused_politely, keeps_its_word
from tests.database.standby import Standby
from tests.database.teller import Teller

pytestmark = without_postgres


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> Database:
    return Database(tmp_path, server=server.url)


async def test_it_restarts_between_two_commands(teller: Teller, server: PostgresServer, database: Database) -> None:
    for _ in range(2):
        server.crash()
        server.start()
        assert (await teller.send(20)).codes == {"ok"}
        assert (await teller.read()).codes == {"ok"}
    keeps_its_word(teller, database)


async def test_connections_are_terminated_again_and_again(teller: Teller, database: Database) -> None:
    sent, stop = 0, asyncio.Event()

    async def terminate() -> None:
        while not stop.is_set():
            database.terminate_backends()
            await asyncio.sleep(0.2)

    harm = asyncio.create_task(terminate())
    unknown: list[str] = []
    begun = time.monotonic()
    while time.monotonic() - begun < 5:
        told = await teller.send(10)
        sent += 10
        assert told.seconds < 3
        unknown += [key for key, end in told.ends.items() if end != "ok"]
        assert told.codes <= {"ok", "unavailable"}
    stop.set()
    await harm
    assert len(teller.heard) > sent / 2
    if unknown:
        assert (await teller.send(keys=unknown)).codes == {"ok"}
    keeps_its_word(teller, database)
    assert len(database.rows()) == sent


async def test_the_connection_is_cut_at_commit(database: Database, tmp_path: Path, tellers: list[Teller]) -> None:
    """Whether it was committed nobody knows; the same key again tells."""
    async with cutting(database) as proxy:
        teller = Teller(database.url_by(proxy.host), tmp_path / "teller")
        tellers.append(teller)
        await teller.start()
        for _ in range(5):
            proxy.up.cut_on = b"COMMIT"
            told = await teller.send(10)
            assert told.codes <= {"ok", "unavailable"}
            proxy.heal()
            assert (await teller.send(keys=list(told.ends))).codes == {"ok"}
        assert proxy.cuts > 0
        keeps_its_word(teller, database)
        assert len(database.rows()) == 50


async def test_it_can_only_be_read(teller: Teller, server: PostgresServer, database: Database) -> None:
    database.administer(f'ALTER DATABASE "{database.name}" SET default_transaction_read_only = on')
    database.terminate_backends()
    refused = await is_refused_politely(teller)
    assert (await teller.read()).codes == {"ok"}
    database.administer(f'ALTER DATABASE "{database.name}" SET default_transaction_read_only = off')
    database.terminate_backends()
    assert await is_back(teller, refused, database) < 2


async def test_its_operator_closes_it_for_writing_under_open_connections(teller: Teller, database: Database) -> None:
    assert (await teller.send(10)).codes == {"ok"}
    reconfigure(database, "SET default_transaction_read_only = on")
    refused = await is_refused_politely(teller)
    assert (await teller.read()).codes == {"ok"}
    assert (await teller.look("/api/rooms"))[0] == 200
    reconfigure(database, "RESET default_transaction_read_only")
    await is_back(teller, refused, database)


async def test_it_is_a_standby_until_it_is_promoted(
    teller: Teller, server: PostgresServer, database: Database, tellers: list[Teller], tmp_path: Path
) -> None:
    assert (await teller.send(10)).codes == {"ok"}
    with tempfile.TemporaryDirectory(prefix="parley-standby-") as directory:
        Path(directory).chmod(0o755)
        (Path(directory) / "server").mkdir()
        standby = Standby(Path(directory) / "server", server)
        standby.create()
        try:
            copied = Database(tmp_path, server=standby.url, name=database.name)
            late = Teller(copied.url, tmp_path / "late")
            tellers.append(late)
            await late.start(like=teller)
            refused = await is_refused_politely(late)
            assert "read-only transaction" in late.log()
            assert (await late.read()).codes == {"ok"}
            copied.administer("SELECT pg_promote()")
            await is_back(late, refused, copied)
            assert {row.key for row in copied.rows()} >= teller.heard
        finally:
            standby.crash()


def reconfigure(database: Database, what: str) -> None:
    """Change the server's settings for everybody, connected or not. Their next transaction has them."""
    database.administer(f"ALTER SYSTEM {what}")
    database.administer("SELECT pg_reload_conf()")


@asynccontextmanager
async def cutting(database: Database) -> AsyncIterator[FaultProxy]:
    host, _, port = database.address.rpartition(":")
    proxy = FaultProxy(lambda: asyncio.open_connection(host, int(port)))
    await proxy.start()
    yield proxy
    await proxy.stop()
