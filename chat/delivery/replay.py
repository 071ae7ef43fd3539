"""A stream's recent steps in a Redis Stream: a copy, used only where it is whole."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

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
    """Appends steps and reads them back if nothing is missing between.

    Each stream keeps about its last 1000 steps, for a day after the newest. Every call ends within a second. Both
    methods raise `RedisError`, `OSError` or `TimeoutError` where Redis does not do as asked.
    """

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, prefix

    async def append(self, entries: list[Entry]) -> None:
        """Keep the steps. One that is not newer than the stream's newest is ignored, so appending again is harmless."""
        if not entries:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for entry in entries:
            key, position = self._key(entry.stream), f"{entry.seq}-0"
            pipeline.xadd(key, {"p": entry.prev, "d": entry.data}, id=position, maxlen=KEPT, approximate=True)
        for stream in {entry.stream for entry in entries}:
            pipeline.expire(self._key(stream), SECONDS)
        async with asyncio.timeout(DEADLINE):
            answers = await pipeline.execute(raise_on_error=False)
        for answer in answers:
            if isinstance(answer, Exception) and not _kept_already(answer):
                raise answer

    async def since(self, stream: str, seq: int, *, limit: int) -> list[Entry] | None:
        """The first `limit` steps after `seq`, each following the one before.

        None where a step is missing, and where there is none at all: then this cannot tell whether there ought to be.
        """
        async with asyncio.timeout(DEADLINE):
            answer = await self._redis.xrange(self._key(stream), min=f"({seq}-0", count=limit)
        # The client decodes nothing, so everything is bytes.
        found = cast(list[tuple[bytes, dict[bytes, bytes]]], answer)
        entries = [
            Entry(stream, int(fields[b"p"]), int(position.partition(b"-")[0]), fields[b"d"])
            for position, fields in found
        ]
        whole = all(step.prev == before.seq for before, step in pairwise(entries))
        return entries if entries and entries[0].prev == seq and whole else None

    def _key(self, stream: str) -> str:
        return f"{self._prefix}:{stream}"


def _kept_already(answer: Exception) -> bool:
    return isinstance(answer, ResponseError) and "equal or smaller" in str(answer)
