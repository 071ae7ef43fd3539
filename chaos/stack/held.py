"""Locks in a database that somebody does not give back."""

import sqlite3
import time
from contextlib import closing

from chaos.stack.database import Database

LONG = 1.0
IDLE = (
    "SELECT pid, xact_start FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()"
)


def is_held(database: Database) -> bool:
    """Whether somebody is within a transaction that writes and does not go on for a second."""
    if database.is_postgres:
        before = set(database.select(IDLE))
        time.sleep(LONG)
        return bool(before & set(database.select(IDLE)))
    with closing(sqlite3.connect(database.file, timeout=LONG, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        connection.execute("ROLLBACK")
        return False
