"""Fetching what a feed misses: once for all its subscribers, from the nearest place that has it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from redis.exceptions import RedisError

from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.replay import Replay

logger = logging.getLogger(__name__)

PATIENCE = 0.02
RETRY_FIRST, RETRY_LAST = 0.1, 2.0
PAGE = 500


class Missed(Protocol):
    """Changes chained from a position to `head`; `more` if the stream goes on."""

    @property
    def head(self) -> int: ...

    @property
    def changes(self) -> list[Change]: ...

    @property
    def more(self) -> bool: ...


ChangesSince = Callable[[StreamKey, int], Awaitable[Missed]]


class Repair:
    """Catches feeds up: first from the Redis Stream, if it has the gap whole, then from the database.

    `from_redis` and `from_database` count the changes found there.
    """

    def __init__(
        self,
        *,
        changes_since: ChangesSince,
        replay: Callable[[StreamKey], Replay | None],
        feeds: dict[StreamKey, Feed],
    ) -> None:
        self._changes_since, self._replay, self._feeds = changes_since, replay, feeds
        self._running: dict[Feed, asyncio.Task[None]] = {}
        self.from_redis = self.from_database = 0

    def begin(self, feed: Feed) -> None:
        """Repair the feed unless that is under way."""
        if feed not in self._running:
            self._running[feed] = asyncio.get_running_loop().create_task(self._repair(feed))

    async def _repair(self, feed: Feed) -> None:
        try:
            await self._until_level(feed)
        finally:
            # Here and not when the task is seen to be done: a gap that shows in between would find it running.
            del self._running[feed]

    async def _until_level(self, feed: Feed) -> None:
        # What is missing is most often on its way: a predecessor published by another worker at the same moment.
        await asyncio.sleep(PATIENCE)
        pause = RETRY_FIRST
        while feed.behind and self._feeds.get(feed.stream) is feed:
            before = feed.head
            try:
                await self._catch_up(feed)
            except Exception as failure:
                logger.warning("catching up %s failed, trying again: %s", feed.stream, failure)
            if feed.head != before:
                pause = RETRY_FIRST
            elif feed.behind:
                await asyncio.sleep(pause)
                pause = min(pause * 2, RETRY_LAST)

    async def _catch_up(self, feed: Feed) -> None:
        replayed = await self._replayed(feed.stream, feed.head)
        self.from_redis += len(replayed)
        for change in replayed:
            feed.receive(change)
        if not feed.behind:
            return
        missed = await self._changes_since(feed.stream, feed.head)
        self.from_database += len(missed.changes)
        for change in missed.changes:
            feed.receive(change)
        if not missed.more:
            feed.skip_to(missed.head)

    async def _replayed(self, stream: StreamKey, seq: int) -> list[Change]:
        replay = self._replay(stream)
        if replay is None:
            return []
        try:
            entries = await replay.since(str(stream), seq, limit=PAGE)
            return [Change.unpack(entry.data) for entry in entries or ()]
        except (RedisError, OSError, TimeoutError, ValueError, TypeError) as failure:
            logger.info("the replay of %s cannot be read: %s", stream, failure)
            return []
