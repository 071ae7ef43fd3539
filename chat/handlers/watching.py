"""Watching joined rooms: hearing that they advance, while they are not open."""

from functools import partial

from chat import runtime
from chat.connection import Connection
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.subscription import Subscription
from chat.protocol.events import RoomAdvanced
from chat.protocol.shapes import JoinedRoom


def watch(connection: Connection, joined: JoinedRoom, *, overtaken: bool) -> bool:
    """Hear of the room's news from now on; without effect if it is watched already.

    `overtaken`: the client knows an older position than `joined`. False, and without effect, where the room has moved
    on from `joined` and the person may have been put out of it meanwhile.
    """
    room, person = joined.room, connection.person
    if room.id in connection.watched:
        return True
    told = _told_since(room.id, room.head)
    if told is None or any(person.id in change.revokes for change in told):
        return False
    subscription = Subscription(
        person_id=person.id, outlet=connection.outlet, on_revoked=partial(unwatch, connection, room.id)
    )
    connection.watched[room.id] = subscription
    live = runtime.current()
    feed = live.hub.host(StreamKey("room", room.id), head=room.head)
    live.awareness.presence.enter(room.id, person)
    if room.id in connection.opened:
        return True  # what is open needs no other news; `resume` comes when it is closed
    feed.watch(subscription)
    if told:
        connection.send(RoomAdvanced(room=room.id, head=told[-1].seq, message_count=told[-1].message_count))
    elif overtaken:
        connection.send(RoomAdvanced(room=room.id, head=room.head, message_count=room.message_count))
    return True


def _told_since(room: int, head: int) -> list[Change] | None:
    feed = _feed(room)
    return [] if feed is None or feed.head < head else feed.since(head)


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
