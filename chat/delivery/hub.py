"""One hub a process: a feed for each stream that somebody here listens to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Protocol

from chat.delivery import groups
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.joins import Joins
from chat.delivery.link import Link
from chat.delivery.links import Links
from chat.delivery.subscription import Subscription
from chat.errors import Unavailable

logger = logging.getLogger(__name__)

LINGER = 30.0
POLL_WELL = 15.0
POLL_UNWELL = 1.0


class Repairs(Protocol):
    """Whoever fetches what a feed misses, and counts from where."""

    from_redis: int
    from_database: int

    def begin(self, feed: Feed) -> None: ...


Heads = Callable[[Iterable[StreamKey]], Awaitable[dict[StreamKey, int]]]


class Hub:
    """Joins a stream's group once for all its local subscribers, and keeps each feed level with the log.

    The log is polled slowly while the layer is well and every second while it is not: that finds the last message
    lost with no successor, and carries the chat alone when Redis is gone.
    """

    def __init__(
        self, *, heads: Heads, repairs: Callable[["Hub"], Repairs], on_told: Callable[[Feed, Change], None]
    ) -> None:
        self.feeds: dict[StreamKey, Feed] = {}
        self.links = Links()
        self._heads, self._on_told = heads, on_told
        self.repairs = repairs(self)
        self._poll_now = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fresh: list[Feed] = []
        self._settler: asyncio.Task[None] | None = None
        self._joins = Joins()
        self._went_back = False

    def host(self, stream: StreamKey, *, head: int) -> Feed:
        """The stream's feed. A fresh one tells everything after `head`, which the caller has just read.

        What is committed between that reading and the moment this worker hears of the stream is found by looking at
        the log again, as soon as Redis was asked and when it has surely done it: nobody waits for it to open a room.
        """
        feed = self.feeds.get(stream)
        if feed is None:
            feed = Feed(stream, head=head, on_gap=self.repairs.begin, on_told=self._on_told)
            self.feeds[stream] = feed
            self._fresh.append(feed)
            if self._settler is None:
                self._settler = self._start(self._settle())
        return feed

    def receive(self, changes: Iterable[Change]) -> None:
        """Pass changes to the feeds that are hosted here."""
        for change in changes:
            feed = self.feeds.get(change.stream)
            if feed is not None:
                feed.receive(change)

    def leave(self, stream: StreamKey, subscription: Subscription) -> None:
        """End a subscription; a feed without any is kept a while, for those who come back."""
        feed = self.feeds.get(stream)
        if feed is None:
            return
        feed.leave(subscription)
        if not feed.subscriptions:
            asyncio.get_running_loop().call_later(LINGER, self._end_if_empty, feed)

    def link_was_renewed(self, link: Link) -> None:
        """The server's layer forgot every group we were in."""
        for feed in self.feeds.values():
            if self._link(feed) is link:
                feed.joined = False
        self._poll_now.set()

    def forget(self) -> None:
        """End every feed without a word: what they told belongs to another life of the log."""
        feeds = list(self.feeds.values())
        self.feeds.clear()
        self._fresh.clear()
        self._went_back = False
        for feed in feeds:
            self._start(self._leave_group(feed))

    def poll_soon(self) -> None:
        """Join what is not joined and look for what was missed: the layer works again, or it may not."""
        self._poll_now.set()

    async def run(self) -> None:
        """Poll the log until cancelled."""
        loop = asyncio.get_running_loop()
        polled_at = loop.time()
        while True:
            try:
                # Looked at every second, for a feed may stay unjoined.
                async with asyncio.timeout(POLL_UNWELL):
                    await self._poll_now.wait()
            except TimeoutError:
                pass
            due = self._poll_now.is_set() or not self._all_joined() or loop.time() >= polled_at + POLL_WELL
            try:
                if due:
                    self._poll_now.clear()
                    polled_at = loop.time()
                    await self._join(feed for feed in self.feeds.values() if not feed.joined)
                    await self._poll()
                elif confirmed := self._joins.confirmed():
                    self._hear_of(await self._heads([feed.stream for feed in confirmed]))
            except Exception as failure:
                logger.warning("the positions of the streams cannot be read: %s", failure)
                # Again in a second, whoever asks: what was to be looked for may be there.
                await asyncio.sleep(POLL_UNWELL)
                self._poll_now.set()

    def _all_joined(self) -> bool:
        return self.links.well and all(feed.joined for feed in self.feeds.values())

    async def _settle(self) -> None:
        """Join the fresh feeds, then look where their streams stand: all that came meanwhile in one go."""
        try:
            while self._fresh:
                feeds, self._fresh = self._fresh, []
                await self._join(feeds)
                self._hear_of(await self._heads([feed.stream for feed in feeds]))
        except Unavailable as failure:
            logger.warning("the positions of fresh streams cannot be read: %s", failure)
            self.poll_soon()
        finally:
            self._settler = None

    async def _join(self, feeds: Iterable[Feed]) -> None:
        silent: set[Link] = set()
        for feed in list(feeds):
            link = self._link(feed)
            if link is not None and link.well and link not in silent:
                feed.joined = await link.join(groups.stream_group(feed.stream))
                if feed.joined:
                    self._joins.note(feed, link)
                else:
                    silent.add(link)

    async def _poll(self) -> None:
        if not self.feeds:
            return
        told = {stream: feed.head for stream, feed in self.feeds.items()}
        heads = await self._heads(list(told))
        self._compare(told, heads)
        self._hear_of(heads)

    def _compare(self, told: dict[StreamKey, int], heads: dict[StreamKey, int]) -> None:
        """Nothing is told before it is committed, so a log that is behind what was told is not the one it was."""
        if not self._went_back and any(heads.get(stream, head) < head for stream, head in told.items()):
            self._went_back = True
            logger.error(
                "database_went_back: streams are behind what clients were told. Was a backup restored? "
                "Then `manage.py renew_epoch` makes every client load anew"
            )

    def _hear_of(self, heads: dict[StreamKey, int]) -> None:
        for stream, head in heads.items():
            if stream in self.feeds:
                self.feeds[stream].heard_of(head)

    def _end_if_empty(self, feed: Feed) -> None:
        if not feed.subscriptions and self.feeds.get(feed.stream) is feed:
            del self.feeds[feed.stream]
            self._start(self._leave_group(feed))

    async def _leave_group(self, feed: Feed) -> None:
        link = self._link(feed)
        if link is not None and feed.joined and feed.stream not in self.feeds:
            await link.leave(groups.stream_group(feed.stream))

    def _link(self, feed: Feed) -> Link | None:
        shard = self.links.of(feed.stream)
        return None if shard is None else shard.link

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
