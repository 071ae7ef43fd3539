"""What PostgreSQL says of a row that it refuses is told without the row."""

import asyncio
from collections.abc import Iterator

import pytest
from psycopg import Error, OperationalError

from chaos.stack.postgres_server import PostgresServer
from chatproject.postgres import ImpatientConnection
from tests.database.conftest import without_postgres

pytestmark = without_postgres

TABLE = """CREATE TEMPORARY TABLE note (
    body text CONSTRAINT plain CHECK (body NOT LIKE '%<%'),
    author int CONSTRAINT one_each UNIQUE,
    title varchar(200) NOT NULL
)"""
REFUSED = {
    "INSERT INTO note VALUES ('<canary', 1, '')": ["plain", "23514"],
    "INSERT INTO note VALUES ('canary', 7, '')": ["one_each", "23505"],
    "INSERT INTO note VALUES ('canary', 1, NULL)": ["title", "23502"],
    "SELECT E'a canary\non \"two\" lines'::int": ["InvalidTextRepresentation", "22P02"],
    "SELECT '{\"body\": canary}'::json": ["InvalidTextRepresentation", "22P02"],
    "SELECT 'canary', missing FROM note": ["missing", "42703"],
    "SELECT 'canary' ~ '(canary'": ["InvalidRegularExpression", "2201B"],
}


@pytest.fixture
def connection(server: PostgresServer) -> Iterator[ImpatientConnection]:
    with ImpatientConnection.connect(server.url, autocommit=True) as connection:
        connection.execute(TABLE)
        connection.execute("INSERT INTO note VALUES ('canary', 7, 'canary')")
        yield connection


@pytest.mark.parametrize("statement", REFUSED)
async def test_a_refusal_says_what_it_is_about_and_quotes_nothing(
    connection: ImpatientConnection, statement: str
) -> None:
    with pytest.raises(Error) as in_a_command:
        connection.execute(statement.encode())
    with pytest.raises(Error) as in_a_worker:
        await asyncio.to_thread(connection.execute, statement.encode())
    for caught in (in_a_command, in_a_worker):
        assert "canary" not in str(caught.value)
        assert [word for word in REFUSED[statement] if word not in str(caught.value)] == []


async def test_a_lost_connection_is_told_as_one(connection: ImpatientConnection, server: PostgresServer) -> None:
    with ImpatientConnection.connect(server.url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
    with pytest.raises(OperationalError, match="terminating connection due to administrator command"):
        await asyncio.to_thread(connection.execute, "SELECT 1")
