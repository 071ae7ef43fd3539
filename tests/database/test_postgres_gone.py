"""PostgreSQL away, locked or hanging, each with a server of its own: they take their time, at the same time."""

import os
import signal
from pathlib import Path

import psycopg
import pytest

from chaos.stack.database import Database
from chaos.stack.postgres_server import PostgresServer
from tests.database.conftest import own_server, without_postgres
from tests.database.holding import ANSWERED_WITHIN, is_back, is_refused_politely
from tests.database.teller import Teller
from tests.together import Ends, Mood, suffer

pytestmark = without_postgres


async def it_stops_and_comes_back(teller: Teller, server: PostgresServer, database: Database) -> None:
    server.crash()
    refused = await is_refused_politely(teller)
    assert (await teller.read()).codes == {"unavailable"}
    status, body = await teller.look("/rooms/here/")
    assert status == 503
    assert "database does not answer" in body
    server.start()
    assert await is_back(teller, refused, database) < 8
    for path in ("/api/rooms", "/rooms/here/"):
        assert (await teller.look(path))[0] == 200


async def somebody_else_keeps_a_table_locked(teller: Teller, server: PostgresServer, database: Database) -> None:
    with psycopg.connect(database.url) as other:
        other.execute("LOCK TABLE chat_room IN ACCESS EXCLUSIVE MODE")
        refused = await is_refused_politely(teller)
        other.rollback()
    assert await is_back(teller, refused, database) < 2


async def it_hangs(teller: Teller, server: PostgresServer, database: Database) -> None:
    """Frozen: the kernel takes every byte, and nothing answers."""
    frozen = server.processes()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        refused = await is_refused_politely(teller)
        read = await teller.read()
        assert read.codes == {"unavailable"}
        assert read.seconds < ANSWERED_WITHIN
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert await is_back(teller, refused, database) < 8


MOODS: list[Mood] = [it_stops_and_comes_back, somebody_else_keeps_a_table_locked, it_hangs]


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> Ends:
    """How each mood ended."""

    async def stage(mood: Mood) -> None:
        directory: Path = tmp_path_factory.mktemp("gone")
        with own_server() as server:
            database = Database(directory, server=server.url)
            teller = Teller(database.url, directory / "teller")
            await teller.start()
            try:
                await mood(teller, server, database)
            finally:
                await teller.stop()

    return suffer(MOODS, stage)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.__name__)
def test_nobody_is_told_what_is_not_so_and_all_works_again(mood: Mood, ends: Ends) -> None:
    end = ends[mood]
    if end is not None:
        raise end
