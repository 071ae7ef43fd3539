"""Redis connections that raise when their socket is dead.

`read_response(timeout=...)` of redis-py returns None for "nothing yet". A socket that died of ETIMEDOUT raises the very
class that stands for an elapsed timeout, so it is taken for "nothing yet" too, at once and for ever: a loop of reads
then never suspends, and the event loop of the whole worker stands still.
"""

from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError


class SafeConnection(Connection):
    """Over TCP; see `checked`."""

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
        push_request: bool | None = False,
    ) -> Any:
        """As the base class, or `ConnectionError`."""
        response = await super().read_response(
            disable_decoding, timeout, disconnect_on_error=disconnect_on_error, push_request=push_request
        )
        return await checked(self, response)


class SafeTlsConnection(SSLConnection):
    """Over TLS; see `checked`."""

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
        push_request: bool | None = False,
    ) -> Any:
        """As the base class, or `ConnectionError`."""
        response = await super().read_response(
            disable_decoding, timeout, disconnect_on_error=disconnect_on_error, push_request=push_request
        )
        return await checked(self, response)


class SafeUnixConnection(UnixDomainSocketConnection):
    """Over a UNIX socket; see `checked`."""

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
        push_request: bool | None = False,
    ) -> Any:
        """As the base class, or `ConnectionError`."""
        response = await super().read_response(
            disable_decoding, timeout, disconnect_on_error=disconnect_on_error, push_request=push_request
        )
        return await checked(self, response)


async def checked(connection: AbstractConnection, response: Any) -> Any:
    """The response; where it is None because the socket is dead, disconnect and raise redis-py's `ConnectionError`."""
    reader = connection._reader
    if response is None and reader is not None and (reader.exception() is not None or reader.at_eof()):
        failure = reader.exception()
        await connection.disconnect(nowait=True)
        raise RedisConnectionError(f"the connection is dead: {failure!r}")
    return response
