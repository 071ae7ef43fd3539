"""Connections to Redis, every parameter stated: redis-py's defaults change between versions."""

import socket
import sys
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.delivery.connections import SafeConnection, SafeTlsConnection, SafeUnixConnection

CONNECT_SECONDS = 1.0
SOCKET_SECONDS = 2.0
CONNECTIONS = 10
POOL_SECONDS = 1.0


def connect(url: str) -> Redis:
    """A client with its own pool, not connected yet. `url`: `redis://`, `rediss://` or `unix://`.

    Calls beyond the pool's size wait a second for a connection. Raises `ValueError` for any other URL.
    """
    return Redis(connection_pool=BlockingConnectionPool(timeout=POOL_SECONDS, **_options(url)))


def layer_settings(url: str) -> dict[str, Any]:
    """Django's CHANNEL_LAYERS for that server. Raises `ValueError` for a URL that is none of Redis."""
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [_options(url)], "prefix": "parley"},
        }
    }


def _options(url: str) -> dict[str, Any]:
    """The pool's arguments, those of the URL among them.

    The URL is taken apart here and never handed to `from_url`, nor to the layer as an "address": what is in a URL
    wins there, its scheme's connection class too, so `unix://` and `rediss://` would get unguarded connections.
    """
    options: dict[str, Any] = dict(parse_url(url))
    if "path" in options:
        options["connection_class"] = SafeUnixConnection
    else:
        options["connection_class"] = SafeTlsConnection if url.startswith("rediss:") else SafeConnection
        # A host that vanished says nothing; a silent subscriber learns of it by this alone.
        options["socket_keepalive"] = True
        options["socket_keepalive_options"] = _keepalive()
    return options | {
        # A connection takes milliseconds, or the server is gone.
        "socket_connect_timeout": CONNECT_SECONDS,
        # For writes, and for replies nobody else sets a deadline for: handshakes and the layer's resubscription.
        # A subscriber's reads state their own timeout, which goes first.
        "socket_timeout": SOCKET_SECONDS,
        # Once and at once: a connection that died in the pool costs nothing, and a subscriber resubscribes without
        # a pause. What runs twice is harmless: steps carry their position, hints are only hints.
        # A slow server is not asked again: the callers' deadlines are over by then.
        "retry": Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        "retry_on_timeout": False,
        # Off: the callers' deadlines and the layer's probe find a dead connection. A subscriber would repeat its
        # PING ten times a second while unanswered, and data on its way stops TCP's keepalive.
        "health_check_interval": 0,
        # The layer needs two, the rest of a worker a few.
        "max_connections": CONNECTIONS,
        # RESP3 buys nothing here and brings push messages and maintenance notifications into the read path.
        "protocol": 2,
        # Bytes in, bytes out.
        "decode_responses": False,
        # No CLIENT SETINFO: Redis 7.0 refuses it, and a new connection needs no round trip without.
        "driver_info": None,
    }


def _keepalive() -> dict[int, int]:
    """A dead host is found within about ten seconds, idle or in the middle of a write."""
    if sys.platform != "linux":
        return {}
    return {
        socket.TCP_KEEPIDLE: 5,
        socket.TCP_KEEPINTVL: 2,
        socket.TCP_KEEPCNT: 3,
        # Milliseconds. Unacknowledged data suspends keepalive, and retransmission alone takes a quarter of an hour.
        socket.TCP_USER_TIMEOUT: 10_000,
    }
