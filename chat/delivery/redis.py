"""Connections to Redis, every parameter stated: redis-py's defaults changed twice and broke channels-redis."""

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.connection import Connection, ConnectionPool, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError


class _Safe:
    async def read_response(self, *args: Any, **kwargs: Any) -> Any:
        response = await super().read_response(*args, **kwargs)  # type: ignore[misc]
        reader = self._reader  # type: ignore[attr-defined]
        if response is None and reader is not None and (reader.exception() is not None or reader.at_eof()):
            failure = reader.exception()
            await self.disconnect(nowait=True)  # type: ignore[attr-defined]
            raise RedisConnectionError(f"the connection is dead: {failure!r}")
        return response


class SafeConnection(_Safe, Connection):
    """Raises where the stock connection returns None for ever on a dead socket, which freezes the worker."""


class SafeUnixConnection(_Safe, UnixDomainSocketConnection):
    """The same over a UNIX socket."""


def _options(url: str) -> dict[str, Any]:
    options: dict[str, Any] = {
        "socket_connect_timeout": 1.0,
        "socket_timeout": 2.0,
        "health_check_interval": 15,
        "max_connections": 50,
        "retry": Retry(NoBackoff(), 1),
        "protocol": 2,
        "connection_class": SafeUnixConnection if url.startswith("unix:") else SafeConnection,
    }
    if not url.startswith("unix:"):
        options["socket_keepalive"] = True
    return options


def connect(url: str) -> Redis:
    """A client with its own pool."""
    return Redis(connection_pool=ConnectionPool.from_url(url, **_options(url)))


def layer_settings(url: str) -> dict[str, Any]:
    """Django's CHANNEL_LAYERS."""
    host = {"address": url, **_options(url)}
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [host], "prefix": "parley"},
        }
    }
