"""Opening and closing rooms and the inbox on one socket."""

from functools import partial

from django.conf import settings

from chat import access, runtime
from chat.connection import Connection
from chat.delivery.change import StreamKey
from chat.delivery.feed import Feed
from chat.delivery.subscription import Subscription
from chat.errors import NotFound, TooManyRooms
from chat.handlers import watching
from chat.handlers.registry import Answer, handles
from chat.openings import Opening
from chat.protocol.commands import CloseRoom, OpenInbox, OpenRoom
from chat.protocol.events import RoomClosed, TypingChanged
from chat.protocol.replies import Done, RoomOpened
from chat.queries.inbox import open_inbox


@handles(OpenRoom)
async def on_open(connection: Connection, command: OpenRoom) -> Answer:
    """Subscribe, keep what arrives, read the snapshot, answer, and go live from the snapshot's position."""
    live = runtime.current()
    async with connection.lock(command.room), live.admission.opening(connection.person.id):
        close(connection, command.room)
        # First, so that a hidden room and an unknown one are refused alike. Others may be opened while it is looked up.
        _require_space(connection)
        feed = await _feed(connection, command.room)
        _require_space(connection)
        subscription = Subscription(
            person_id=connection.person.id,
            outlet=connection.outlet,
            on_revoked=partial(revoked, connection, command.room),
        )
        feed.join(subscription)
        connection.opened[command.room] = subscription
        try:
            opening = await live.openings.open(feed, connection.person.id, since=command.since)
        except BaseException:
            close(connection, command.room)
            raise
        if connection.opened.get(command.room) is not subscription:
            raise NotFound  # the person lost the room while its snapshot was read
        if opening.next is not None:
            close(connection, command.room)
            return Answer(_opened(opening))
        return Answer(_opened(opening), then=partial(_go_live, connection, feed, subscription, opening.head))


@handles(CloseRoom)
async def on_close(connection: Connection, command: CloseRoom) -> Answer:
    async with connection.lock(command.room):
        close(connection, command.room)
    return Answer(Done())


@handles(OpenInbox)
async def on_open_inbox(connection: Connection, command: OpenInbox) -> Answer:
    """The inbox itself is live since `hello`; this only fills a gap."""
    live, person = runtime.current(), connection.person
    async with live.admission.opening(person.id):
        return Answer(await live.reader.run(open_inbox, person.id, since=command.since))


def close(connection: Connection, room: int) -> None:
    """End the socket's view of a room; without effect if it has none."""
    subscription = connection.opened.pop(room, None)
    if subscription is None:
        return
    watching.resume(connection, room)
    live = runtime.current()
    live.hub.leave(StreamKey("room", room), subscription)
    if subscription.position is not None:
        live.awareness.presence.leave(room, connection.person)


def revoked(connection: Connection, room: int) -> None:
    """The person may not read the room any more, nor watch it."""
    watching.unwatch(connection, room)
    if room in connection.opened:
        close(connection, room)
        connection.send(RoomClosed(room=room))


def _require_space(connection: Connection) -> None:
    if len(connection.opened) >= settings.LIMITS.open_rooms:
        raise TooManyRooms


async def _feed(connection: Connection, room: int) -> Feed:
    """The room's feed, to be joined before anything is waited for. Raises `NotFound`, `Unavailable`."""
    live, stream = runtime.current(), StreamKey("room", room)
    feed = live.hub.feeds.get(stream)
    if feed is not None and room in connection.watched:
        return feed
    # Nobody makes a worker host a room that they may not see, nor learns whether it does: members are known to it.
    row, _ = await live.reader.run(access.room_for, connection.person.id, room)
    if connection.ended:
        raise NotFound  # farewell was said: nobody would end what begins now
    return live.hub.host(stream, head=row.head)


def _opened(opening: Opening) -> RoomOpened:
    return RoomOpened(
        room=opening.room,
        membership=opening.membership,
        epoch=opening.epoch,
        head=opening.head,
        changes=opening.changes,
        reset=opening.reset,
        has_more=opening.has_more,
        next=opening.next,
        presence=runtime.current().awareness.present(opening.room.id) if opening.next is None else None,
    )


def _go_live(connection: Connection, feed: Feed, subscription: Subscription, position: int) -> None:
    live, room = runtime.current(), feed.stream.id
    feed.go_live(subscription, position)
    watching.pause(connection, room)
    live.awareness.presence.enter(room, connection.person)
    typing = live.awareness.typing.people(room)
    if typing:
        connection.send(TypingChanged(room=room, people=typing))
