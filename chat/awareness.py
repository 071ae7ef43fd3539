"""Who is here and who is typing: told to those who have the room open, outside the stream, kept nowhere for long."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from chat.delivery import envelope, groups
from chat.delivery.change import StreamKey
from chat.delivery.frames import Frame
from chat.delivery.hub import Hub
from chat.delivery.typing import TypingBoard
from chat.presence.store import PresenceStore
from chat.presence.tracker import Tracker
from chat.protocol import codec, events
from chat.protocol.shapes import Person

PRESENCE_SHOWN = 200


class Awareness:
    """Typing and presence of this worker's sockets and, as far as heard, of the others'."""

    def __init__(self, *, worker: str, hub: Hub, store: PresenceStore) -> None:
        self._worker, self._hub = worker, hub
        self._tasks: set[asyncio.Task[Any]] = set()
        self.typing = TypingBoard(self._typing_changed)
        self.presence = Tracker(
            store,
            worker=worker,
            announce=self._presence_changed,
            tell_others=lambda room: self._tell_others(envelope.Presence(worker, room)),
        )

    def types(self, room: int, person: Person) -> None:
        """Somebody here is typing."""
        self.typing.heard(room, person)
        self._tell_others(envelope.Typing(self._worker, room, person))

    def present(self, room: int) -> events.PresenceChanged:
        """Who is here, as the room is told."""
        return _presence(room, self.presence.people(room))

    def hear(self, heard: envelope.Typing | envelope.Presence) -> None:
        """Another worker has news."""
        match heard:
            case envelope.Typing(room=room, person=person):
                self.typing.heard(room, person)
            case envelope.Presence(room=room):
                self.presence.heard(room)

    async def lapse(self) -> None:
        """Forget, every second, who stopped typing; until cancelled."""
        while True:
            await asyncio.sleep(1)
            self.typing.lapse()

    def _typing_changed(self, room: int) -> None:
        self._tell(room, events.TypingChanged(room=room, people=self.typing.people(room)))

    def _presence_changed(self, room: int, people: list[Person]) -> None:
        self._tell(room, _presence(room, people))

    def _tell(self, room: int, event: events.Event) -> None:
        feed = self._hub.feeds.get(StreamKey("room", room))
        if feed is not None and feed.live:
            frame = Frame(codec.encode(event))
            for subscription in tuple(feed.live):
                subscription.outlet.write(frame)

    def _tell_others(self, message: envelope.Typing | envelope.Presence) -> None:
        stream = envelope.stream_of(message)
        shard = self._hub.links.of(stream)
        if shard is not None and shard.link.well:
            self._start(shard.link.send(groups.stream_group(stream), message))

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _presence(room: int, people: list[Person]) -> events.PresenceChanged:
    return events.PresenceChanged(room=room, count=len(people), people=people[:PRESENCE_SHOWN])
