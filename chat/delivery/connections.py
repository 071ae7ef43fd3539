"""Redis connections that end as soon as they are dead, and say so."""

import asyncio
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection
from redis.exceptions import ConnectionError as RedisConnectionError


class _Safe(AbstractConnection):
    """Raises redis-py's `ConnectionError` where that would use a dead socket, or connect while connecting."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._connecting: set[asyncio.Task[Any] | None] = set()

    async def connect(self) -> None:
        """Connect; for the task that is connecting already, raise where the connection is lost again.

        A subscriber resubscribes as the last part of connecting. redis-py mends a connection that is lost meanwhile by
        connecting anew, inside: where a server accepts and resets, as deep as Python's stack is.
        """
        task = asyncio.current_task()
        if task not in self._connecting:
            self._connecting.add(task)
            try:
                await super().connect()  # type: ignore[no-untyped-call]
            finally:
                self._connecting.remove(task)
        elif not self.is_connected:
            raise RedisConnectionError("the connection was lost while it was made")

    async def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        """Send a command.

        The kernel may give a connection up while nobody uses it. uvloop tells whoever writes to it then by a
        `RuntimeError`, as of a bug, and whoever awaits the command ends of it.
        """
        try:
            await super().send_packed_command(*args, **kwargs)
        except RuntimeError as failure:
            raise RedisConnectionError(f"the connection is dead: {failure}") from failure

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        """The response, None for "nothing yet".

        redis-py says "nothing yet" of a socket that died of ETIMEDOUT as well, the very class that stands for an
        elapsed timeout, at once and for ever: a loop of reads then never suspends, and the event loop of the whole
        worker stands still.
        """
        response = await super().read_response(*args, **kwargs)
        reader = self._reader
        if response is None and reader is not None and (reader.exception() is not None or reader.at_eof()):
            failure = reader.exception()
            await self.disconnect(nowait=True)
            raise RedisConnectionError(f"the connection is dead: {failure!r}")
        return response


class SafeConnection(_Safe, Connection):
    """Over TCP."""


class SafeTlsConnection(_Safe, SSLConnection):
    """Over TLS."""


class SafeUnixConnection(_Safe, UnixDomainSocketConnection):
    """Over a UNIX socket."""


class SafeSentinelConnection(_Safe, SentinelManagedConnection):
    """Over TCP to the master that the sentinels name."""


class SafeSentinelTlsConnection(_Safe, SentinelManagedSSLConnection):
    """Over TLS to the master that the sentinels name."""
