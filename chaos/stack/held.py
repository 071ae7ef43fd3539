"""Locks in a database that somebody does not give back."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

from chaos.stack.database import Database

LONG = 1.0
IDLE = (
    "SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database() "
    f"AND backend_xid IS NOT NULL AND clock_timestamp() - xact_start > interval '{LONG} seconds'"
)


def is_held(database: Database) -> bool:
    """Whether somebody is within a transaction that writes and does not go on for a second."""
    if database.is_postgres:
        # A statement that was under way when they stopped is given the time to end.
        time.sleep(LONG)
        return bool(database.select(IDLE))
    with closing(sqlite3.connect(database.file, timeout=LONG, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False


@contextmanager
def nobody_else_writes(database: Database, rooms: Sequence[int]) -> Iterator[None]:
    """Hold what a message's transaction needs: the file of SQLite, the rooms' rows on PostgreSQL."""
    if database.is_postgres:
        with database.connection() as connection, connection.transaction():
            # In the order in which the product takes them.
            numbers = ", ".join(map(str, rooms))
            connection.execute(f"SELECT 1 FROM chat_room WHERE id IN ({numbers}) ORDER BY id FOR UPDATE")
            yield
    else:
        with closing(sqlite3.connect(database.file, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
