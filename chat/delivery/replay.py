"""A stream's recent steps in a Redis Stream: a copy, used only where it is whole."""

import asyncio
from dataclasses import dataclass

from redis.asyncio import Redis
from redis.exceptions import ResponseError

KEPT = 1000
SECONDS = 86_400
DEADLINE = 1.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a stream, as bytes."""

    stream: str
    prev: int
    seq: int
    data: bytes


class Replay:
    """Appends steps and reads them back if nothing is missing between."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, prefix

    async def append(self, entries: list[Entry]) -> None:
        """Keep the steps; one kept already is ignored. Raises `RedisError`, `TimeoutError`."""
        pipeline = self._redis.pipeline(transaction=False)
        for entry in entries:
            fields = {"p": entry.prev, "d": entry.data}
            pipeline.xadd(self._key(entry.stream), fields, id=f"{entry.seq}-0", maxlen=KEPT, approximate=True)
        for stream in {entry.stream for entry in entries}:
            pipeline.expire(self._key(stream), SECONDS)
        async with asyncio.timeout(DEADLINE):
            answers = await pipeline.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, Exception) and not (
                isinstance(answer, ResponseError) and "equal or smaller" in str(answer)
            ):
                raise answer

    async def since(self, stream: str, seq: int, *, limit: int) -> list[Entry] | None:
        """The steps after `seq`, or None where they are not all here. Raises `RedisError`, `TimeoutError`."""
        async with asyncio.timeout(DEADLINE):
            found = await self._redis.xrange(self._key(stream), min=f"({seq}-0", count=limit)
        entries = [
            Entry(stream, int(fields[b"p"]), int(entry_id.split(b"-")[0]), fields[b"d"]) for entry_id, fields in found
        ]
        at = seq
        for entry in entries:
            if entry.prev != at:
                return None
            at = entry.seq
        return entries or None

    def _key(self, stream: str) -> str:
        return f"{self._prefix}:{stream}"
