"""Watching joined rooms: hearing that they advance, while they are not open."""

from functools import partial

from chat import runtime
from chat.connection import Connection
from chat.delivery.change import StreamKey
from chat.delivery.feed import Feed
from chat.delivery.subscription import Subscription
from chat.protocol.events import RoomAdvanced
from chat.protocol.shapes import JoinedRoom


def watch(connection: Connection, joined: JoinedRoom) -> bool:
    """Hear of the room's news from now on; without effect if it is watched already.

    False where the room is known to have moved on from `joined`, but not to what.
    """
    room = joined.room.id
    if room in connection.watched:
        return True
    subscription = Subscription(
        person_id=connection.person.id, outlet=connection.outlet, on_revoked=partial(unwatch, connection, room)
    )
    connection.watched[room] = subscription
    live = runtime.current()
    feed = live.hub.host(StreamKey("room", room), head=joined.room.head)
    live.awareness.presence.enter(room, connection.person)
    if room in connection.opened:
        return True  # what is open needs no other news; `resume` comes when it is closed
    feed.watch(subscription)
    if feed.latest is not None and feed.latest.seq > joined.room.head:
        connection.send(RoomAdvanced(room=room, head=feed.latest.seq, message_count=feed.latest.message_count))
        return True
    return feed.head <= joined.room.head


def pause(connection: Connection, room: int) -> None:
    """The room is open now: what is live needs no other news."""
    subscription, feed = connection.watched.get(room), _feed(room)
    if subscription is not None and feed is not None:
        feed.leave(subscription)


def resume(connection: Connection, room: int) -> None:
    """The room was closed: if it is joined, hear of its news again."""
    subscription, feed = connection.watched.get(room), _feed(room)
    if subscription is not None and feed is not None:
        feed.watch(subscription)


def unwatch(connection: Connection, room: int) -> None:
    """Hear nothing more of the room; without effect if it is not watched."""
    subscription = connection.watched.pop(room, None)
    if subscription is None:
        return
    live = runtime.current()
    live.hub.leave(StreamKey("room", room), subscription)
    live.awareness.presence.leave(room, connection.person)


def _feed(room: int) -> Feed | None:
    return runtime.current().hub.feeds.get(StreamKey("room", room))
