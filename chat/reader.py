"""Reads for sockets: whole units of work in a few threads of their own.

Channels' own way (`database_sync_to_async`, the async ORM) would put every socket of the process behind one thread.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connection

from chat.database import AWAY, discard, keep_usable
from chat.errors import Unavailable

THREADS = 3
# A database may say nothing at all; clients wait fifteen seconds for an answer.
HUNG_AFTER = 12.0

P = ParamSpec("P")
T = TypeVar("T")


class Reader:
    """A bounded pool of threads for queries. What waits for one costs no thread."""

    def __init__(self, *, threads: int = THREADS, name: str = "reader") -> None:
        self._size = threads
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, query: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The query's result. Raises what it raises; `Unavailable` where the database fails or hangs for 12 seconds."""
        work = partial(_unit, partial(query, *args, **kwargs))
        try:
            async with asyncio.timeout(HUNG_AFTER):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            raise _unavailable() from None

    def close(self) -> None:
        """End the threads and give their database connections back. Waits for queries under way."""
        together = Barrier(self._size)  # so that each thread gets one
        for _ in range(self._size):
            self._threads.submit(_leave, together)
        self._threads.shutdown()


def _leave(together: Barrier) -> None:
    together.wait()
    connection.close()


def _unit(query: Callable[[], T]) -> T:
    try:
        keep_usable()
        return query()
    except AWAY as failure:
        if connection.is_usable():
            raise _unavailable() from failure
        discard()
    except DatabaseError as failure:
        raise _unavailable() from failure
    # A connection that died between two reads costs nobody anything.
    try:
        return query()
    except (DatabaseError, InterfaceError) as failure:
        raise _unavailable() from failure


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer right now.", retry_after=1.0)
