"""A disk without room for the database that lies on it."""

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime

import psycopg

from chaos.stack.database import Database
from chaos.stack.small_disk import SmallDisk

NEWEST = "SELECT coalesce(max(id), 0) FROM chat_message WHERE created_at <= '{}'"
# As much log as PostgreSQL has room for, without anything that the log is about.
BURN = "SELECT pg_logical_emit_message(false, 'chaos', repeat('x', 200000)) FROM generate_series(1, 100)"


def exhaust(disk: SmallDisk, database: Database) -> None:
    """Take all the space there is, and what the database's log has set aside for itself."""
    with suppress(psycopg.Error, sqlite3.OperationalError):  # there may be no room for that any more
        if database.is_postgres:
            disk.fill()
            with psycopg.connect(database.url, connect_timeout=2, autocommit=True) as connection:
                connection.execute(BURN)
        else:
            with closing(sqlite3.connect(database.file, timeout=1)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    disk.fill()


def newest(database: Database, *, until: float) -> int | None:
    """The id of the message stored last of those written by then, in seconds since 1970; 0 for none.

    None where a database without room does not even read.
    """
    try:
        [(newest,)] = database.select(NEWEST.format(datetime.fromtimestamp(until, UTC)))
    except psycopg.OperationalError:
        return None
    return int(newest)
