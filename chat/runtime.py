"""The live parts of one worker process, wired together."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Iterable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings

from chat import checkpoint, epochs
from chat.admission import Admission
from chat.awareness import Awareness
from chat.canary.canary import Canary
from chat.composer import Composer
from chat.connections import Connections
from chat.delivery import envelope, publish
from chat.delivery.advance import Advances
from chat.delivery.carrier import Carrier
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.hub import Hub
from chat.delivery.link import Link
from chat.delivery.links import Links, Shard
from chat.delivery.lookout import Lookout
from chat.delivery.redis import alias, connect
from chat.delivery.repair import Repair
from chat.delivery.replay import Replay
from chat.delivery.servers import name, servers
from chat.gathering import Gathering
from chat.journal import Journal
from chat.metrics import Metrics
from chat.openings import Openings
from chat.presence.memory import MemoryStore
from chat.presence.redis import RedisStore
from chat.presence.spread import SpreadStore
from chat.presence.store import PresenceStore
from chat.queries.arriving import arriving
from chat.queries.changes import Missed, changes_since, heads
from chat.reader import Reader

logger = logging.getLogger(__name__)


class Runtime:
    """Made once in a process, inside its event loop."""

    def __init__(self) -> None:
        self.draining = False
        self.admission = Admission()
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = Connections()
        self.journal = Journal(on_doubt=self.doubt)
        self.composer = Composer()
        self.reader, self.catching_up = Reader(), Reader(threads=1, name="catching-up")
        self.arrivals = Gathering(self.reader, arriving)
        self.openings = Openings(self.reader, catching_up=self.catching_up)
        self._advances = Advances()
        self._told_changes = 0
        self.hub = Hub(heads=self._heads, repairs=self._repair, on_told=self._told)
        worker = uuid.uuid4().hex[:12]
        self.hub.links = links = Links(self._shards(worker))
        self.awareness = Awareness(worker=worker, hub=self.hub, store=_presence_store(links))
        self._carrier = Carrier(worker=worker, receive=self.hub.receive, links=links)
        self._lookout = Lookout(worker=worker, look=self.hub.poll_soon, links=links)
        publish.use(self._carrier)
        self.canary = self._canary(worker) if settings.CANARY_SECONDS else None
        for shard in links:
            self._keep_running(shard.link.run())
        self._keep_running(epochs.follow(self.reader, begun=self._begin, renewed=self._forget))
        self._keep_running(self.hub.run())
        self._keep_running(checkpoint.keep_short(self.journal, self.reader))
        if self.canary is not None:
            self._keep_running(self.canary.run())
        self._keep_running(self._metrics().run())
        self._keep_running(self.awareness.presence.run())
        self._keep_running(self.awareness.lapse())
        self._keep_running(self.connections.end_expired(self.reader))

    async def drain(self) -> None:
        """Prepare to leave: `/readyz` refuses from now on, and the other workers show nobody who is here."""
        self.draining = True
        await self.awareness.presence.close()

    async def farewell(self) -> None:
        """Tell the other workers that this one is gone, so that none of them misses it."""
        for shard in self.hub.links:
            await shard.link.farewell()

    async def stop(self) -> None:
        """End every task and thread; for tests, which have many loops in one process."""
        publish.use(publish.Unheard())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self.composer.close)
        await asyncio.to_thread(self.journal.close)
        await asyncio.to_thread(self.reader.close)
        await asyncio.to_thread(self.catching_up.close)

    def doubt(self) -> None:
        """A transaction failed, here, in any thread: it may be committed all the same, and nobody was told."""
        self._lookout.doubt()

    def _shards(self, worker: str) -> list[Shard]:
        urls = servers(settings.REDIS_URL) if settings.REDIS_URL else []
        return [self._shard(place, url, worker) for place, url in enumerate(urls)]

    def _shard(self, place: int, url: str, worker: str) -> Shard:
        redis = connect(url)
        link = Link(
            get_channel_layer(alias(place)),
            worker=worker,
            server=name(url),
            on_envelope=self._hear,
            on_well=self._layer_is_well,
            on_doubt=self.hub.poll_soon,
            on_renewed=self.hub.link_was_renewed,
        )
        return Shard(link, redis)

    def _canary(self, worker: str) -> Canary:
        return Canary(
            worker=worker, hub=self.hub, journal=self.journal, reader=self.reader, seconds=settings.CANARY_SECONDS
        )

    def _metrics(self) -> Metrics:
        return Metrics(
            connections=self.connections,
            hub=self.hub,
            journal=self.journal,
            carrier=self._carrier,
            canary=self.canary,
            told=lambda: self._told_changes,
        )

    def _layer_is_well(self) -> None:
        self.hub.poll_soon()
        self._carrier.go_on()
        self.awareness.presence.reconnected()

    def _repair(self, hub: Hub) -> Repair:
        return Repair(changes_since=self._missed, replay=lambda stream: _replay(hub, stream), feeds=hub.feeds)

    def _begin(self, epoch: str) -> None:
        """The copies in Redis belong to one life of the database."""
        for shard in self.hub.links:
            shard.begin(epoch)
        self._carrier.go_on()

    def _forget(self) -> None:
        """So does all that is remembered here."""
        logger.warning("the epoch is another one: every client loads anew")
        self._carrier.forget()
        self.hub.forget()
        self.openings = Openings(self.reader, catching_up=self.catching_up)
        self.connections.send_away("restored")

    async def _heads(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return await self.reader.run(heads, list(streams))

    async def _missed(self, stream: StreamKey, seq: int) -> Missed:
        return await self.reader.run(changes_since, stream, seq)

    def _told(self, feed: Feed, change: Change) -> None:
        self._told_changes += 1
        self._advances.noted(feed, change)
        if change.settles is not None:
            self.awareness.typing.stopped(change.stream.id, change.settles)

    def _hear(self, heard: envelope.Envelope) -> None:
        match heard:
            case envelope.Changes(steps=steps):
                self.hub.receive([Change.unpack(step) for step in steps])
            case envelope.Typing() | envelope.Presence():
                self.awareness.hear(heard)
            case envelope.Look():
                self.hub.poll_soon()

    def _keep_running(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.critical("a part of this worker ended", exc_info=task.exception())


def _replay(hub: Hub, stream: StreamKey) -> Replay | None:
    shard = hub.links.of(stream)
    return None if shard is None else shard.replay_if_well


def _presence_store(links: Links) -> PresenceStore:
    stores = [RedisStore(shard.redis) for shard in links]
    return SpreadStore(stores) if stores else MemoryStore()


_runtime: Runtime | None = None


def current() -> Runtime:
    """The process's runtime, made at the first call, which must come from the event loop."""
    global _runtime
    if _runtime is None:
        _runtime = Runtime()
    return _runtime


def running() -> Runtime | None:
    """The process's runtime, None before the first call of `current`; from any thread."""
    return _runtime


async def reset() -> None:
    """Forget the runtime, so that the next event loop makes its own; for tests."""
    global _runtime
    if _runtime is not None:
        await _runtime.stop()
    _runtime = None


def doubt() -> None:
    """See `Runtime.doubt`; other processes find the change at their next poll."""
    if _runtime is not None:
        _runtime.doubt()


def take_token(person_id: int) -> None:
    """Take one of the person's tokens in this process, from any thread. Raises `RateLimited`."""
    if _runtime is not None:
        _runtime.connections.buckets.take(person_id)


def is_draining() -> bool:
    """Whether this process is about to leave."""
    return _runtime is not None and _runtime.draining
