import asyncio
import logging
from collections import deque
from collections.abc import Sequence

from chat.delivery import groups
from chat.delivery.change import Change, StreamKey
from chat.delivery.envelope import Changes
from chat.delivery.links import Shard
from chat.delivery.replay import Entry, Replay

logger = logging.getLogger(__name__)

WAITING = 10_000
WAITING_BYTES = 33_554_432
TOGETHER = 200
# What a server takes well within the second that it has for it.
TOGETHER_BYTES = 1_048_576
RETRY = 0.2


class Lane:
    """The way to one Redis server: its Redis Streams, then the layer's groups.

    Changes wait while the server is unwell, and until it is known which life of the database they belong to.
    """

    def __init__(self, shard: Shard, *, worker: str) -> None:
        self._shard, self._worker = shard, worker
        self._waiting: deque[Change] = deque()
        self._bytes = 0
        self._sender: asyncio.Task[None] | None = None
        self._refused = False

    def take(self, changes: Sequence[Change]) -> None:
        """Carry the changes, after those before them."""
        self._waiting.extend(changes)
        self._bytes += sum(len(change.text) for change in changes)
        self._shorten()
        self.go_on()

    def go_on(self) -> None:
        """Send what waits, if the server is well: other workers may have been well all the time."""
        ready = self._shard.link.well and self._shard.replay is not None
        if self._waiting and self._sender is None and ready:
            self._sender = asyncio.get_running_loop().create_task(self._send_all())

    def forget(self) -> None:
        """Send nothing of what waits: the log it was written to is another one now."""
        self._waiting.clear()
        self._bytes = 0

    def _shorten(self) -> None:
        """Over the bounds the oldest go: other workers find them in the log."""
        while len(self._waiting) > WAITING or self._bytes > WAITING_BYTES:
            self._bytes -= len(self._waiting.popleft().text)

    async def _send_all(self) -> None:
        link = self._shard.link
        try:
            while self._waiting and link.well and self._shard.replay is not None:
                changes = self._next()
                if not await link.tried(self._hand_over(self._shard.replay, changes)):
                    # Again, all of them that have room: what some heard already they drop.
                    self._waiting.extendleft(reversed(changes))
                    self._bytes += sum(len(change.text) for change in changes)
                    self._shorten()
                    await asyncio.sleep(RETRY)
        finally:
            self._sender = None

    def _next(self) -> list[Change]:
        """Take the first that wait, at least one."""
        changes: list[Change] = []
        size = 0
        while self._waiting and len(changes) < TOGETHER and (not changes or size <= TOGETHER_BYTES):
            changes.append(self._waiting.popleft())
            size += len(changes[-1].text)
        self._bytes -= size
        return changes

    async def _hand_over(self, replay: Replay, changes: list[Change]) -> None:
        entries = [Entry(str(each.stream), each.prev, each.seq, each.pack()) for each in changes]
        steps: dict[StreamKey, list[bytes]] = {}
        for change, entry in zip(changes, entries, strict=True):
            steps.setdefault(change.stream, []).append(entry.data)
        envelopes = [(groups.stream_group(stream), Changes(self._worker, each)) for stream, each in steps.items()]
        refusal = await replay.append(entries, publish=self._shard.link.publications(envelopes))
        # Redis answers, but keeps nothing, for instance without memory: delivery needs only that it carries.
        if refusal is not None and not self._refused:
            logger.warning("Redis keeps no copies of changes, gaps are filled from the database: %s", refusal)
        if refusal is None and self._refused:
            logger.info("Redis keeps copies of changes again")
        self._refused = refusal is not None
