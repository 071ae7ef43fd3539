"""Redis connections that raise when their socket is dead.

`read_response(timeout=...)` of redis-py returns None for "nothing yet". A socket that died of ETIMEDOUT raises the very
class that stands for an elapsed timeout, so it is taken for "nothing yet" too, at once and for ever: a loop of reads
then never suspends, and the event loop of the whole worker stands still.
"""

from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.sentinel import SentinelManagedConnection, SentinelManagedSSLConnection
from redis.exceptions import ConnectionError as RedisConnectionError


class SafeConnection(Connection):
    """Over TCP; `read_response` is `checked`."""

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return await checked(self, await super().read_response(*args, **kwargs))


class SafeTlsConnection(SSLConnection):
    """Over TLS; `read_response` is `checked`."""

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return await checked(self, await super().read_response(*args, **kwargs))


class SafeUnixConnection(UnixDomainSocketConnection):
    """Over a UNIX socket; `read_response` is `checked`."""

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return await checked(self, await super().read_response(*args, **kwargs))


class SafeSentinelConnection(SentinelManagedConnection):
    """Over TCP to the master that the sentinels name; `read_response` is `checked`."""

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return await checked(self, await super().read_response(*args, **kwargs))


class SafeSentinelTlsConnection(SentinelManagedSSLConnection):
    """Over TLS to the master that the sentinels name; `read_response` is `checked`."""

    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        return await checked(self, await super().read_response(*args, **kwargs))


async def checked(connection: AbstractConnection, response: Any) -> Any:
    """The response; where it is None because the socket is dead, disconnect and raise redis-py's `ConnectionError`."""
    reader = connection._reader
    if response is None and reader is not None and (reader.exception() is not None or reader.at_eof()):
        failure = reader.exception()
        await connection.disconnect(nowait=True)
        raise RedisConnectionError(f"the connection is dead: {failure!r}")
    return response
