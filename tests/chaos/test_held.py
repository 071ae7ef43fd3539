"""Locks that PostgreSQL has given to somebody who does not go on."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chaos.stack.database import Database
from chaos.stack.held import is_held
from tests.database.conftest import own_server, without_postgres

UNDER_WAY = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"


@without_postgres
def test_a_lock_is_seen_also_when_its_statement_was_still_under_way(tmp_path: Path) -> None:
    with own_server() as server:
        database = Database(tmp_path, server=server.url)
        with ThreadPoolExecutor(1) as aside, database.connection() as other, other.transaction():
            running = aside.submit(other.execute, "SELECT pg_sleep(0.5), pg_current_xact_id()")
            while not database.select(UNDER_WAY):
                assert not running.done()
            assert is_held(database)
        assert not is_held(database)


@without_postgres
def test_who_only_reads_holds_nothing(tmp_path: Path) -> None:
    with own_server() as server:
        database = Database(tmp_path, server=server.url)
        with database.connection() as other, other.transaction():
            other.execute("SELECT 1")
            assert not is_held(database)
