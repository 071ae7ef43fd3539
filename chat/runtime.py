"""The live parts of one worker process, wired together."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Iterable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import Redis

from chat.awareness import Awareness
from chat.connections import Connections
from chat.delivery import envelope, publish
from chat.delivery.advance import Advances
from chat.delivery.carrier import Carrier
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.hub import Hub
from chat.delivery.link import Link
from chat.delivery.redis import connect
from chat.delivery.repair import Repair
from chat.delivery.replay import Replay
from chat.errors import Unavailable
from chat.journal import Journal
from chat.openings import Openings
from chat.queries.changes import Missed, changes_since, heads
from chat.queries.epoch import epoch
from chat.reader import Reader

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
ARRIVALS = 16


class Runtime:
    """Made once in a process, inside its event loop. `arrivals` admits those who connect or open rooms, in turn."""

    def __init__(self) -> None:
        self.draining = False
        self.arrivals = asyncio.Semaphore(ARRIVALS)
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = Connections()
        self.journal = Journal()
        self.reader = Reader()
        self.openings = Openings(self.reader)
        self._replay: Replay | None = None
        self._advances = Advances()
        self.hub = Hub(heads=self._heads, repairs=self._repair, on_told=self._told)
        worker = uuid.uuid4().hex[:12]
        redis = connect(settings.REDIS_URL) if settings.REDIS_URL else None
        self.awareness = Awareness(worker=worker, hub=self.hub, redis=redis)
        if redis is not None:
            self.hub.link = self._link(redis, worker)
            self._keep_running(self.hub.link.run())
            self._keep_running(self._begin_replay(redis))
        self._carrier = Carrier(
            worker=worker, receive=self.hub.receive, link=self.hub.link, replay=lambda: self._replay
        )
        publish.use(self._carrier)
        self._keep_running(self.hub.run())
        self._keep_running(self.awareness.presence.run())
        self._keep_running(self.awareness.lapse())
        self._keep_running(self.connections.end_expired(self.reader))

    async def drain(self) -> None:
        """Wait until no command is under way, at most `DRAIN_SECONDS`; `/readyz` refuses from now on."""
        self.draining = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.journal.idle()
                await self.connections.settled()
        except TimeoutError:
            logger.warning("commands were still under way after %s s", DRAIN_SECONDS)
        await self.awareness.presence.close()

    async def stop(self) -> None:
        """End every task and thread; for tests, which have many loops in one process."""
        publish.use(publish.Unheard())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.journal.close)
        await asyncio.to_thread(self.reader.close)

    def _link(self, redis: Redis, worker: str) -> Link:
        return Link(
            get_channel_layer(),
            redis,
            worker=worker,
            on_envelope=self._hear,
            on_well=self._layer_is_well,
            on_doubt=self.hub.poll_soon,
            on_renewed=self.hub.layer_was_renewed,
        )

    def _layer_is_well(self) -> None:
        self.hub.poll_soon()
        self._carrier.layer_is_well()
        self.awareness.presence.reconnected()

    def _repair(self, hub: Hub) -> Repair:
        return Repair(changes_since=self._missed, replay=lambda: self._replay_if_well(hub), feeds=hub.feeds)

    def _replay_if_well(self, hub: Hub) -> Replay | None:
        return self._replay if hub.link is not None and hub.link.well else None

    async def _begin_replay(self, redis: Redis) -> None:
        """The copies in Redis belong to one life of the database: after a restored backup the counters repeat."""
        while self._replay is None:
            try:
                self._replay = Replay(redis, f"parley:{await self.reader.run(epoch)}")
            except Unavailable:
                await asyncio.sleep(1)

    async def _heads(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return await self.reader.run(heads, list(streams))

    async def _missed(self, stream: StreamKey, seq: int) -> Missed:
        return await self.reader.run(changes_since, stream, seq)

    def _told(self, feed: Feed, change: Change) -> None:
        self._advances.noted(feed, change)
        if change.settles is not None:
            self.awareness.typing.stopped(change.stream.id, change.settles)

    def _hear(self, heard: envelope.Envelope) -> None:
        match heard:
            case envelope.Changes(changes=changes):
                self.hub.receive(changes)
            case envelope.Typing() | envelope.Presence():
                self.awareness.hear(heard)

    def _keep_running(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.critical("a part of this worker ended", exc_info=task.exception())


_runtime: Runtime | None = None


def current() -> Runtime:
    """The process's runtime, made at the first call, which must come from the event loop."""
    global _runtime
    if _runtime is None:
        _runtime = Runtime()
    return _runtime


async def reset() -> None:
    """Forget the runtime, so that the next event loop makes its own; for tests."""
    global _runtime
    if _runtime is not None:
        await _runtime.stop()
    _runtime = None


async def drain() -> None:
    """See `Runtime.drain`; without a runtime there is nothing to wait for."""
    if _runtime is not None:
        await _runtime.drain()


def is_draining() -> bool:
    """Whether this process is about to leave."""
    return _runtime is not None and _runtime.draining
