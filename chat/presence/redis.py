"""The presence store in Redis: a hash for each room, a field for each worker, and nothing that outlives its worker."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chat.presence.store import Hosted, StoreAway
from chat.protocol.shapes import Person

DEADLINE = 1.0
# Longer than an entry counts, so that the key of a dead room goes by itself and that of a live one never does.
KEY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Value:
    at: float
    people: list[tuple[int, str]]


_VALUE = TypeAdapter(_Value)


class RedisStore:
    """A `PresenceStore` that all workers share."""

    def __init__(self, redis: Redis, *, clock: Callable[[], float] = time.time) -> None:
        self._redis, self._clock = redis, clock

    async def put(self, room: int, worker: str, people: list[Person]) -> bool:
        """See `PresenceStore`."""
        value = _VALUE.dump_json(_Value(self._clock(), [(person.id, person.name) for person in people]))
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.hset(_key(room), worker, value)
        pipeline.expire(_key(room), KEY_SECONDS)
        with _named():
            async with asyncio.timeout(DEADLINE):
                added, _ = await pipeline.execute()
        return bool(added)

    async def others(self, room: int, worker: str) -> dict[str, Hosted]:
        """See `PresenceStore`."""
        with _named():
            async with asyncio.timeout(DEADLINE):
                # The client decodes nothing, so everything is bytes.
                kept = cast(dict[bytes, bytes], await self._redis.hgetall(_key(room)))
                workers = {name.decode(): self._hosted(value) for name, value in kept.items()}
                dead = [name for name, hosted in workers.items() if hosted is None]
                if dead:
                    await self._redis.hdel(_key(room), *dead)
        return {name: hosted for name, hosted in workers.items() if hosted is not None and name != worker}

    async def drop(self, room: int, worker: str) -> None:
        """See `PresenceStore`."""
        with _named():
            async with asyncio.timeout(DEADLINE):
                await self._redis.hdel(_key(room), worker)

    def _hosted(self, value: bytes) -> Hosted | None:
        """None for what is too old, or was not written by a `RedisStore`."""
        try:
            kept = _VALUE.validate_json(value)
        except ValidationError:
            return None
        hosted = Hosted(kept.at, frozenset(Person(id=id, name=name) for id, name in kept.people))
        return hosted if hosted.holds(self._clock()) else None


def _key(room: int) -> str:
    return f"parley:presence:{room}"


@contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as failure:
        raise StoreAway(repr(failure)) from failure
