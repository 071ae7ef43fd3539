"""Carries committed changes to their audiences: this worker's feeds first, then the Redis Stream and the layer."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from redis.exceptions import RedisError

from chat.delivery import groups
from chat.delivery.change import Change, StreamKey
from chat.delivery.envelope import Changes
from chat.delivery.link import Link
from chat.delivery.replay import Entry, Replay

logger = logging.getLogger(__name__)

WAITING = 10_000
ENVELOPE = 100


class Carrier:
    """The publisher of a worker process. Redis is never waited for by anyone, and skipped while it is unwell."""

    def __init__(
        self,
        *,
        worker: str,
        receive: Callable[[Iterable[Change]], None],
        link: Link | None,
        replay: Callable[[], Replay | None],
    ) -> None:
        self._worker, self._receive, self._link, self._replay = worker, receive, link, replay
        self._loop = asyncio.get_running_loop()
        # Over the bound the oldest go: other workers find them in the log.
        self._waiting: deque[Change] = deque(maxlen=WAITING)
        self._sender: asyncio.Task[None] | None = None

    def committed(self, changes: Sequence[Change]) -> None:
        """Called in whatever thread committed."""
        self._loop.call_soon_threadsafe(self._carry, changes)

    def _carry(self, changes: Sequence[Change]) -> None:
        self._receive(changes)
        if self._link is None or not self._link.well:
            return
        self._waiting.extend(changes)
        if self._sender is None:
            self._sender = self._loop.create_task(self._send_all(self._link))

    async def _send_all(self, link: Link) -> None:
        try:
            while self._waiting:
                changes = list(self._waiting)
                self._waiting.clear()
                await self._keep(link, changes)
                await self._tell(link, changes)
        finally:
            self._sender = None

    async def _keep(self, link: Link, changes: list[Change]) -> None:
        replay = self._replay()
        if replay is None or not link.well:
            return
        try:
            await replay.append([Entry(str(each.stream), each.prev, each.seq, each.pack()) for each in changes])
        except (RedisError, OSError, TimeoutError) as failure:
            link.health.failed()
            logger.debug("the replay did not take %d changes: %r", len(changes), failure)

    async def _tell(self, link: Link, changes: list[Change]) -> None:
        by_stream: dict[StreamKey, list[Change]] = {}
        for change in changes:
            by_stream.setdefault(change.stream, []).append(change)
        for stream, steps in by_stream.items():
            for start in range(0, len(steps), ENVELOPE):
                part = steps[start : start + ENVELOPE]
                if not await link.send(groups.stream_group(stream), Changes(self._worker, part)):
                    return
