"""Connections to Redis, every parameter stated: redis-py's defaults change between versions."""

import socket
import sys
from typing import Any

import redis
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from chat.delivery.connections import (
    SafeConnection,
    SafeSentinelConnection,
    SafeSentinelTlsConnection,
    SafeTlsConnection,
    SafeUnixConnection,
)
from chat.delivery.servers import Login, Watched, is_watched, servers, watched

CONNECT_SECONDS = 1.0
SOCKET_SECONDS = 2.0
CONNECTIONS = 10
POOL_SECONDS = 1.0
# Sentinels are asked one after the other, those of a vanished host too, within the deadline of one call.
SENTINEL_SECONDS = 0.3


class SentinelPool(SentinelConnectionPool, BlockingConnectionPool):
    """Connections to whichever server is master; calls beyond the pool's size wait for one."""


def connect(url: str) -> Redis:
    """A client of one server with its own pool, not connected yet.

    Calls beyond the pool's size wait a second for a connection. Raises `ValueError` for a URL that is none of Redis.
    """
    options = _options(url)
    if "master_name" not in options:
        return Redis(connection_pool=BlockingConnectionPool(timeout=POOL_SECONDS, **options))
    kept = Sentinel(options.pop("sentinels"), sentinel_kwargs=options.pop("sentinel_kwargs"))  # type: ignore[no-untyped-call]
    pool = SentinelPool(options.pop("master_name"), kept, timeout=POOL_SECONDS, **options)  # type: ignore[no-untyped-call]
    return Redis(connection_pool=pool)


def connect_blocking(url: str) -> redis.Redis:
    """A client for threads, not connected yet, that waits a second at most. Raises `ValueError` as `connect`."""
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": CONNECT_SECONDS,
        "retry": redis.retry.Retry(NoBackoff(), 0),
        "protocol": 2,
        "driver_info": None,
    }
    if not is_watched(url):
        return redis.Redis.from_url(url, **options)
    server = watched(url)
    kept = redis.Sentinel(list(server.sentinels), sentinel_kwargs=options | _sentinel_options(server))  # type: ignore[no-untyped-call]
    client: redis.Redis = kept.master_for(
        server.master, db=server.database, ssl=server.tls, **_login(server.login), **options
    )  # type: ignore[no-untyped-call]
    return client


def layer_settings(urls: str) -> dict[str, Any]:
    """Django's CHANNEL_LAYERS: one for each server, the first is `default`. Raises `ValueError` as `servers` does.

    A layer of several hosts would have one receive loop and one fate; these live and die each on its own.
    """
    return {
        alias(place): {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [_options(url)], "prefix": "parley"},
        }
        for place, url in enumerate(servers(urls))
    }


def alias(place: int) -> str:
    """The name of a server's channel layer."""
    return "default" if place == 0 else f"server-{place + 1}"


def _options(url: str) -> dict[str, Any]:
    """The pool's arguments, those of the URL among them.

    The URL is taken apart here and never handed to `from_url`, nor to the layer as an "address": what is in a URL
    wins there, its scheme's connection class too, so `unix://` and `rediss://` would get unguarded connections.
    """
    options = _watched(watched(url)) if is_watched(url) else _plain(url)
    if options["connection_class"] is not SafeUnixConnection:
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


def _plain(url: str) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_url(url))
    if "path" in options:
        options["connection_class"] = SafeUnixConnection
    else:
        options["connection_class"] = SafeTlsConnection if url.startswith("rediss:") else SafeConnection
    return options


def _watched(server: Watched) -> dict[str, Any]:
    return _login(server.login) | {
        "master_name": server.master,
        "sentinels": list(server.sentinels),
        "sentinel_kwargs": _sentinel_options(server)
        | {"retry": Retry(NoBackoff(), 0), "protocol": 2, "driver_info": None},
        "db": server.database,
        "connection_class": SafeSentinelTlsConnection if server.tls else SafeSentinelConnection,
    }


def _sentinel_options(server: Watched) -> dict[str, Any]:
    return _login(server.sentinel_login) | {
        "ssl": server.tls,
        "socket_connect_timeout": SENTINEL_SECONDS,
        "socket_timeout": SENTINEL_SECONDS,
    }


def _login(login: Login) -> dict[str, Any]:
    return {"username": login.username, "password": login.password}


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
