"""A thread's connection to the database, when it breaks and when its log grows."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, InternalError, OperationalError, connection

# What a database raises that is away, locked, full or not to be written: not because of what was asked of it.
# PostgreSQL's "read-only transaction" is an InternalError.
AWAY = (OperationalError, InterfaceError, InternalError)

# Django's own transactions are IMMEDIATE on SQLite, and would wait for who writes; by default PostgreSQL shows each
# statement another moment.
_BEGIN = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


def keep_usable() -> None:
    """Before a unit of work in a thread of our own: replace this thread's connection if the last unit broke it.

    Django's `close_old_connections` would, at CONN_MAX_AGE 0, open a new one for each unit.
    """
    if connection.connection is not None and connection.errors_occurred:
        connection.errors_occurred = False
        if not connection.is_usable():
            discard()


def discard() -> None:
    """Give up this thread's connection, and those that the pool keeps: what killed this one may have killed them.

    Without a word to the server: one that hangs would have to be waited for at each.
    """
    connection.close()
    pool = connection.pool if connection.vendor == "postgresql" else None  # type: ignore[attr-defined]
    if pool is not None:
        pool.drain()


def fold_log() -> None:
    """Copy what no reader needs in SQLite's log any more into its file, waiting for nobody. Nothing on PostgreSQL.

    Raises OperationalError where the disk has no room for it.
    """
    if connection.vendor == "sqlite":
        _execute("PRAGMA wal_checkpoint(PASSIVE)")


@contextmanager
def snapshot() -> Iterator[None]:
    """What this thread reads in it is all of one moment, and waits for nobody. Not for writing.

    Within a transaction it is that transaction's part, no more.
    """
    if connection.in_atomic_block:
        yield
        return
    _execute(_BEGIN[connection.vendor])
    try:
        yield
    finally:
        try:
            _execute("ROLLBACK")
        except Exception:
            # It broke, or there is no memory. Whoever comes next in this thread must not find it within a transaction.
            connection.close()


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
