from django.db import connection


def keep_usable() -> None:
    """Before a unit of work in a thread of our own: replace this thread's connection if the last unit broke it.

    Django's `close_old_connections` would, at CONN_MAX_AGE 0, open a new one for each unit.
    """
    if connection.connection is not None and connection.errors_occurred:
        connection.errors_occurred = False
        if not connection.is_usable():
            connection.close()
