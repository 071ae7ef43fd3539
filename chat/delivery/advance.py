"""Telling those who only watch a room that it has news: at once, then at most once a second."""

import asyncio
from weakref import WeakKeyDictionary

from chat.delivery.change import Change
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.protocol import codec
from chat.protocol.events import RoomAdvanced

INTERVAL = 1.0


class Advances:
    """Conflates a feed's changes into `room.advanced` for its watchers."""

    def __init__(self) -> None:
        self._waiting: dict[Feed, Change] = {}
        # Feeds end without telling; what is noted of one goes with it.
        self._told: WeakKeyDictionary[Feed, float] = WeakKeyDictionary()

    def noted(self, feed: Feed, change: Change) -> None:
        """A change was told to those who have the room open."""
        if not feed.watchers:
            return
        loop = asyncio.get_running_loop()
        due = self._told.get(feed, -INTERVAL) + INTERVAL
        if feed in self._waiting:
            self._waiting[feed] = change
        elif loop.time() >= due:
            self._tell(feed, change)
        else:
            self._waiting[feed] = change
            loop.call_at(due, self._tell_waiting, feed)

    def _tell_waiting(self, feed: Feed) -> None:
        change = self._waiting.pop(feed, None)
        if change is not None:
            self._tell(feed, change)

    def _tell(self, feed: Feed, change: Change) -> None:
        self._told[feed] = asyncio.get_running_loop().time()
        event = RoomAdvanced(room=feed.stream.id, head=change.seq, message_count=change.message_count)
        frame = Frame(codec.encode(event))
        for subscription in tuple(feed.watchers):
            subscription.outlet.write(frame)
