"""Django's cache, in which sign-in attempts are counted: in Redis while it answers, else in this worker's memory."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis, RedisError

from chat.delivery.redis import connect_blocking

logger = logging.getLogger(__name__)

AWAY_SECONDS = 5.0

T = TypeVar("T")


class Cache(BaseCache):
    """Nobody is kept from signing in because Redis is away: whoever hits that first waits a second, once in five."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis, self._memory = _Redis(server, params), LocMemCache("parley", params)
        self._away_until = 0.0

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._in(lambda cache: bool(cache.add(key, value, timeout, version)))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._in(lambda cache: cache.get(key, default, version))

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._in(lambda cache: cache.set(key, value, timeout, version))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._in(lambda cache: bool(cache.touch(key, timeout, version)))

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._in(lambda cache: bool(cache.delete(key, version)))

    def clear(self) -> None:
        self._memory.clear()
        self._in(lambda cache: cache.clear())

    def _in(self, call: Callable[[BaseCache], T]) -> T:
        if time.monotonic() >= self._away_until:
            try:
                return call(self._redis)
            except (RedisError, OSError) as failure:
                self._away_until = time.monotonic() + AWAY_SECONDS
                logger.info("sign-in attempts are counted by each worker, for Redis does not answer: %r", failure)
        return call(self._memory)


class _Json:
    """Whoever can write to Redis must not be able to run code here, as with Django's pickles."""

    def dumps(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def loads(self, data: bytes) -> Any:
        return orjson.loads(data)


class _Client(RedisCacheClient):
    """Django's, over connections of ours."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._connected = connect_blocking(servers[0])

    def get_client(self, key: object = None, *, write: bool = False) -> Redis:
        return self._connected


class _Redis(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # A list, or Django would take the commas of a Sentinel URL for those between several servers.
        super().__init__([server], {**params, "OPTIONS": {"serializer": _Json}})
        self._class = _Client
