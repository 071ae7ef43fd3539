"""Carries committed changes to their audiences: this worker's feeds first, then the Redis Stream and the layer."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from redis.exceptions import RedisError, ResponseError

from chat.delivery import groups
from chat.delivery.change import Change, StreamKey
from chat.delivery.envelope import Changes
from chat.delivery.link import Link
from chat.delivery.replay import Entry, Replay

logger = logging.getLogger(__name__)

WAITING = 10_000
ENVELOPE = 100
RETRY = 0.2


class Carrier:
    """The publisher of a worker process. Redis is never waited for by anyone; while it is unwell, changes are kept."""

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

    def layer_is_well(self) -> None:
        """Send what was kept meanwhile: other workers may have been well all the time."""
        if self._link is not None and self._waiting and self._sender is None:
            self._sender = self._loop.create_task(self._send_all(self._link))

    def _carry(self, changes: Sequence[Change]) -> None:
        self._receive(changes)
        if self._link is not None:
            self._waiting.extend(changes)
        if self._link is not None and self._link.well:
            self.layer_is_well()

    async def _send_all(self, link: Link) -> None:
        try:
            while self._waiting and link.well:
                changes = list(self._waiting)
                self._waiting.clear()
                await self._keep(link, changes)
                if not await self._tell(link, changes):
                    # Again, all of them: what some heard already they drop.
                    self._waiting.extendleft(reversed(changes))
                    await asyncio.sleep(RETRY)
        finally:
            self._sender = None

    async def _keep(self, link: Link, changes: list[Change]) -> None:
        replay = self._replay()
        if replay is None:
            return
        try:
            await replay.append([Entry(str(each.stream), each.prev, each.seq, each.pack()) for each in changes])
        except ResponseError as failure:
            # Redis answers, but keeps nothing, for instance without memory: delivery needs only that it carries.
            logger.warning("the replay did not take %d changes: %s", len(changes), failure)
        except (RedisError, OSError, TimeoutError) as failure:
            link.health.failed()
            logger.debug("the replay did not take %d changes: %r", len(changes), failure)

    async def _tell(self, link: Link, changes: list[Change]) -> bool:
        parts = _parts(changes)
        envelopes = [(groups.stream_group(part[0].stream), Changes(self._worker, part)) for part in parts]
        return await link.send_all(envelopes)


def _parts(changes: list[Change]) -> list[list[Change]]:
    """The changes by stream, each in order, in pieces that fit an envelope."""
    by_stream: dict[StreamKey, list[Change]] = {}
    for change in changes:
        by_stream.setdefault(change.stream, []).append(change)
    return [steps[start : start + ENVELOPE] for steps in by_stream.values() for start in range(0, len(steps), ENVELOPE)]
