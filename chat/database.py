"""A thread's connection to the database, when it breaks and when its log grows."""

from django.db import InterfaceError, InternalError, OperationalError, connection

# What a database raises that is away, locked, full or not to be written: not because of what was asked of it.
# PostgreSQL's "read-only transaction" is an InternalError.
AWAY = (OperationalError, InterfaceError, InternalError)


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
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
