"""The live parts of one worker process, wired together: journal, reader, hub, carrier, typing, presence."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine, Iterable
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import Redis

from chat.buckets import Bucket
from chat.connection import Connection
from chat.delivery import envelope, groups, publish
from chat.delivery.advance import Advances
from chat.delivery.carrier import Carrier
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.delivery.hub import Hub
from chat.delivery.link import Link
from chat.delivery.redis import connect
from chat.delivery.repair import Repair
from chat.delivery.replay import Replay
from chat.delivery.typing import TypingBoard
from chat.errors import Unavailable
from chat.journal import Journal
from chat.presence.memory import MemoryStore
from chat.presence.redis import RedisStore
from chat.presence.tracker import Tracker
from chat.protocol import codec, events
from chat.protocol.close_codes import CloseCode
from chat.protocol.shapes import Person
from chat.queries.changes import Missed, changes_since, heads
from chat.queries.epoch import epoch
from chat.queries.identity import sessions_alive
from chat.reader import Reader

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 10.0
PRESENCE_SHOWN = 200
SESSIONS_EVERY = 60.0


class Runtime:
    """Made once in a process, inside its event loop."""

    def __init__(self) -> None:
        self.worker = uuid.uuid4().hex[:12]
        self.draining = False
        self.connections: dict[int, set[Connection]] = {}
        self._buckets: dict[int, Bucket] = {}
        self.journal = Journal()
        self.reader = Reader()
        self.advances = Advances()
        self.typing = TypingBoard(self._typing_changed)
        self.replay: Replay | None = None
        self.hub = Hub(heads=self._heads, repairs=self._repair, on_told=self._told)
        self._tasks: set[asyncio.Task[None]] = set()
        if settings.REDIS_URL:
            redis = connect(settings.REDIS_URL)
            self.hub.link = Link(
                get_channel_layer(),
                worker=self.worker,
                on_envelope=self._hear,
                on_well=self.hub.layer_is_well,
                on_renewed=self.hub.layer_was_renewed,
            )
            self._keep_running(self.hub.link.run())
        store = RedisStore(redis) if settings.REDIS_URL else MemoryStore()
        self.presence = Tracker(
            store, worker=self.worker, announce=self._presence_changed, tell_others=self._tell_presence
        )
        publish.use(
            Carrier(worker=self.worker, receive=self.hub.receive, link=self.hub.link, replay=lambda: self.replay)
        )
        if settings.REDIS_URL:
            self._start(self._begin_replay(redis))
        self._keep_running(self.hub.run())
        self._keep_running(self.presence.run())
        self._keep_running(self._sweep())
        self._keep_running(self._end_expired())

    def bucket_of(self, person_id: int) -> Bucket:
        """The person's own bucket, shared by their sockets on this worker."""
        return self._buckets.setdefault(
            person_id, Bucket(rate=settings.LIMITS.person_commands, burst=settings.LIMITS.person_burst)
        )

    def arrived(self, connection: Connection) -> None:
        """A socket is served from now on."""
        self.connections.setdefault(connection.person.id, set()).add(connection)

    def gone(self, connection: Connection) -> None:
        """A socket is not served any more."""
        theirs = self.connections.get(connection.person.id, set())
        theirs.discard(connection)
        if not theirs:
            self.connections.pop(connection.person.id, None)
            self._buckets.pop(connection.person.id, None)

    def tell_room(self, room: int, event: events.Event) -> None:
        """Tell every local socket that has the room open, outside the stream."""
        feed = self.hub.feeds.get(StreamKey("room", room))
        if feed is not None and feed.live:
            frame = Frame(codec.encode(event))
            for subscription in tuple(feed.live):
                subscription.outlet.write(frame)

    def types(self, room: int, person: Person) -> None:
        """Somebody here is typing."""
        self.typing.heard(room, person)
        self._tell_others(envelope.Typing(self.worker, room, person))

    def presence_of(self, room: int) -> events.PresenceChanged:
        """Who is here, as the room is told."""
        people = self.presence.people(room)
        return events.PresenceChanged(room=room, count=len(people), people=people[:PRESENCE_SHOWN])

    async def drain(self) -> None:
        """Wait until no command is under way, at most `DRAIN_SECONDS`; `/readyz` refuses from now on."""
        self.draining = True
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await self.journal.idle()
                while under_way := {
                    task for theirs in self.connections.values() for each in theirs for task in each.tasks
                }:
                    await asyncio.wait(under_way)
        except TimeoutError:
            logger.warning("commands were still under way after %s s", DRAIN_SECONDS)
        await self.presence.close()

    async def _begin_replay(self, redis: Redis) -> None:
        """The copies in Redis belong to one life of the database: after a restored backup the counters repeat."""
        while self.replay is None:
            try:
                self.replay = Replay(redis, f"parley:{await self.reader.run(epoch)}")
            except Unavailable:
                await asyncio.sleep(1)

    async def _heads(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return await self.reader.run(heads, list(streams))

    async def _missed(self, stream: StreamKey, seq: int) -> Missed:
        return await self.reader.run(changes_since, stream, seq)

    def _repair(self, hub: Hub) -> Repair:
        return Repair(changes_since=self._missed, replay=lambda: self._replay_if_well(hub), feeds=hub.feeds)

    def _replay_if_well(self, hub: Hub) -> Replay | None:
        return self.replay if hub.link is not None and hub.link.well else None

    def _told(self, feed: Feed, change: Change) -> None:
        self.advances.noted(feed, change)
        if change.settles is not None:
            self.typing.stopped(change.stream.id, change.settles)

    def _hear(self, heard: envelope.Envelope) -> None:
        match heard:
            case envelope.Changes(changes=changes):
                self.hub.receive(changes)
            case envelope.Typing(room=room, person=person):
                self.typing.heard(room, person)
            case envelope.Presence(room=room):
                self.presence.heard(room)

    def _typing_changed(self, room: int) -> None:
        self.tell_room(room, events.TypingChanged(room=room, people=self.typing.people(room)))

    def _presence_changed(self, room: int, people: list[Person]) -> None:
        self.tell_room(room, events.PresenceChanged(room=room, count=len(people), people=people[:PRESENCE_SHOWN]))

    def _tell_presence(self, room: int) -> None:
        self._tell_others(envelope.Presence(self.worker, room))

    def _tell_others(self, message: envelope.Typing | envelope.Presence) -> None:
        if self.hub.link is not None and self.hub.link.well:
            group = groups.stream_group(envelope.stream_of(message))
            self._start(self.hub.link.send(group, message))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.typing.lapse()

    async def _end_expired(self) -> None:
        """Sessions end by the clock too, and nothing tells."""
        while True:
            await asyncio.sleep(SESSIONS_EVERY)
            served = [each for theirs in self.connections.values() for each in theirs]
            try:
                alive = await self.reader.run(sessions_alive, [each.session_key for each in served])
            except Unavailable:
                continue
            for connection in served:
                if connection.session_key not in alive:
                    connection.close(CloseCode.SIGN_IN, "session ended")

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _keep_running(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.critical("a part of this worker ended", exc_info=task.exception())

    async def stop(self) -> None:
        """End every task; for tests, which have many loops in one process."""
        publish.use(publish.Unheard())
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


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
