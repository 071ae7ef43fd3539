"""What happens around a socket's commands: welcome, news of the person's own standing, farewell."""

from functools import partial

from django.conf import settings

from chat import access, runtime
from chat.connection import Connection
from chat.delivery.change import Change, StreamKey
from chat.delivery.subscription import Subscription
from chat.errors import NotFound
from chat.handlers import opening
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Hello, RoomAdvanced
from chat.protocol.shapes import JoinedRoom
from chat.queries.identity import person_of
from chat.queries.rooms import Joined, joined_room_ids, joined_rooms

HEARTBEAT = 25


async def welcome(connection: Connection) -> None:
    """Say hello with the person's rooms, tell their inbox from there on, and watch the rooms. Raises `Unavailable`."""
    live = runtime.current()
    ids = await live.reader.run(joined_room_ids, connection.person.id)
    streams = [connection.inbox_stream, *(StreamKey("room", each) for each in ids)]
    inbox = (await live.hub.ready(streams))[connection.inbox_stream]
    connection.inbox = Subscription(
        person_id=connection.person.id,
        outlet=connection.outlet,
        on_revoked=lambda: None,
        on_change=partial(_inbox_changed, connection),
    )
    inbox.join(connection.inbox)
    joined = await live.reader.run(joined_rooms, connection.person.id)
    connection.send(_hello(connection, joined))
    inbox.go_live(connection.inbox, joined.inbox)
    for each in joined.rooms:
        await _watch(connection, each)


def farewell(connection: Connection) -> None:
    """End everything the socket listened to."""
    live = runtime.current()
    for room in list(connection.opened):
        opening.close(connection, room)
    for room in list(connection.watched):
        _unwatch(connection, room)
    if connection.inbox is not None:
        live.hub.leave(connection.inbox_stream, connection.inbox)


async def recheck(connection: Connection) -> None:
    """Close the socket unless its session still stands."""
    identity = await runtime.current().reader.run(person_of, connection.session_key)
    if identity is None:
        connection.close(CloseCode.SIGN_IN, "signed out")
    elif not identity.allowed:
        connection.close(CloseCode.NOT_ALLOWED, "account disabled")


def _hello(connection: Connection, joined: Joined) -> Hello:
    return Hello(
        epoch=joined.epoch,
        connection=connection.id,
        user=connection.person,
        heartbeat=HEARTBEAT,
        limits=settings.LIMITS.model_dump(),
        inbox=joined.inbox,
        rooms=joined.rooms,
    )


async def _watch(connection: Connection, joined: JoinedRoom) -> None:
    room = joined.room.id
    if room in connection.watched:
        return
    subscription = Subscription(
        person_id=connection.person.id, outlet=connection.outlet, on_revoked=partial(_unwatch, connection, room)
    )
    connection.watched[room] = subscription
    stream = StreamKey("room", room)
    live = runtime.current()
    feed = (await live.hub.ready([stream]))[stream]
    if connection.watched.get(room) is not subscription:
        return
    feed.watch(subscription)
    live.presence.enter(room, connection.person)
    if feed.latest is not None and feed.latest.seq > joined.room.head:
        connection.send(RoomAdvanced(room=room, head=feed.latest.seq, message_count=feed.latest.message_count))


def _unwatch(connection: Connection, room: int) -> None:
    subscription = connection.watched.pop(room, None)
    if subscription is None:
        return
    live = runtime.current()
    live.hub.leave(StreamKey("room", room), subscription)
    live.presence.leave(room, connection.person)


def _inbox_changed(connection: Connection, change: Change) -> None:
    if change.recheck:
        connection.start(recheck(connection))
    if change.standing is None:
        return
    room, member = change.standing
    if member and room not in connection.watched:
        connection.start(_watch_anew(connection))
    elif not member and room in connection.watched:
        _unwatch(connection, room)
    if not member and room in connection.opened:
        connection.start(_close_unless_visible(connection, room))


async def _watch_anew(connection: Connection) -> None:
    joined = await runtime.current().reader.run(joined_rooms, connection.person.id)
    for each in joined.rooms:
        await _watch(connection, each)


async def _close_unless_visible(connection: Connection, room: int) -> None:
    try:
        await runtime.current().reader.run(access.room_for, connection.person.id, room)
    except NotFound:
        opening.revoked(connection, room)
