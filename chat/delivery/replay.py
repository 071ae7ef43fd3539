"""A stream's recent steps in a Redis Stream: a copy, used only where it is whole."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import msgpack
from redis.asyncio import Redis

KEPT = 1000
KEPT_BYTES = 524_288
SECONDS = 86_400
DEADLINE = 1.0

# One command and one answer, however many changes there are: a pipeline costs the worker several times as much.
# What is refused, for instance without memory, must not keep the rest from being published. Nor may it keep what it
# lacks room for: a copy with a hole at its end is of no use, and its memory is.
SCRIPT = """
local seconds, steps, publications = unpack(cmsgpack.unpack(ARGV[1]))
local refusal, kept, refused, full = false, {}, {}, {}
for _, step in ipairs(steps) do
    local key, most, position, prev, data = unpack(step)
    local answer = redis.pcall('XADD', key, 'MAXLEN', '~', most, position, 'p', prev, 'd', data)
    kept[key] = true
    if type(answer) == 'table' and answer.err and not string.find(answer.err, 'equal or smaller', 1, true) then
        refusal, refused[key] = answer.err, true
        full[key] = full[key] or string.find(answer.err, 'OOM', 1, true)
    end
end
for key in pairs(kept) do
    if full[key] then
        redis.pcall('UNLINK', key)
    elseif not refused[key] then
        redis.pcall('EXPIRE', key, seconds)
    end
end
for _, publication in ipairs(publications) do
    redis.call('PUBLISH', publication[1], publication[2])
end
return refusal
"""

Publication = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a stream, as bytes."""

    stream: str
    prev: int
    seq: int
    data: bytes


class Replay:
    """Appends steps and reads them back if nothing is missing between.

    Each stream keeps about its last 1000 steps, or fewer: at each step as many of its size as `KEPT_BYTES` hold. They
    stay for a day after the newest; a server that has no memory for a step forgets its stream. Every call ends within a
    second. Both methods raise `RedisError`, `OSError` or `TimeoutError` where Redis does not do as asked.
    """

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, prefix
        self._script = redis.register_script(SCRIPT)

    async def append(self, entries: Sequence[Entry], *, publish: Sequence[Publication] = ()) -> str | None:
        """Keep the steps, then publish, all in one round trip. Returns why Redis keeps no copies, None where it does.

        A step that is not newer than its stream's newest is ignored, so appending again is harmless.
        """
        if not entries and not publish:
            return None
        steps = [
            (self._key(each.stream), _most(each.data), f"{each.seq}-0", str(each.prev), each.data) for each in entries
        ]
        # Redis' own unpacker knows strings only, which are bytes there.
        packed = msgpack.packb((SECONDS, steps, publish), use_bin_type=False)
        async with asyncio.timeout(DEADLINE):
            refusal = await self._script(args=[packed])
        return None if refusal is None else refusal.decode(errors="replace")

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


def _most(data: bytes) -> int:
    return max(1, min(KEPT, KEPT_BYTES // len(data)))
