"""What happens around a socket's commands: welcome, news of the person's own standing, farewell."""

from collections.abc import Set
from functools import partial

from django.conf import settings

from chat import access, runtime
from chat.connection import Connection
from chat.delivery.change import Change
from chat.delivery.subscription import Subscription
from chat.errors import NotFound
from chat.handlers import opening
from chat.handlers.watching import unwatch, watch
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Hello
from chat.queries.identity import Identity, person_of
from chat.queries.rooms import Joined, joined_rooms

HEARTBEAT = 15
# Of the rooms for a socket that is served already. An inbox that overtakes so many in a row is not what the log says.
READS = 5


async def welcome(connection: Connection, joined: Joined) -> None:
    """Say hello with the person's rooms, tell their inbox from there on, and watch the rooms. Raises `Unavailable`.

    Close the socket instead where its session was found to have ended meanwhile.
    """
    live = runtime.current()
    inbox = live.hub.host(connection.inbox_stream, head=joined.inbox)
    connection.inbox = Subscription(
        person_id=connection.person.id,
        outlet=connection.outlet,
        on_revoked=lambda: None,
        on_change=partial(_inbox_changed, connection),
    )
    inbox.join(connection.inbox)
    if inbox.head > joined.inbox:
        # Another socket's feed told something meanwhile, which this one did not hear: it may be that the session ended.
        found = await live.arrivals.of(connection.session_key)
        if found is None or not found.identity.allowed:
            return _turn_away(connection, found.identity if found else None)
        joined = found.joined
    connection.send(_hello(connection, joined))
    _watch(connection, joined)
    # After that: what the inbox told meanwhile may be that they were put out of one of these rooms.
    inbox.go_live(connection.inbox, joined.inbox)


def farewell(connection: Connection) -> None:
    """End everything the socket listens to, and let nothing begin any more."""
    connection.ended = True
    live = runtime.current()
    for room in list(connection.opened):
        opening.close(connection, room)
    for room in list(connection.watched):
        unwatch(connection, room)
    if connection.inbox is not None:
        live.hub.leave(connection.inbox_stream, connection.inbox)


async def recheck(connection: Connection) -> None:
    """Release the socket that was held if its session still stands, else close it.

    Where nobody can say whether it does, the socket has to come back and be judged as it arrives.
    """
    try:
        identity = await runtime.current().reader.run(person_of, connection.session_key)
    except BaseException:
        connection.close(CloseCode.RESTART, "try again")
        raise
    if identity is None or not identity.allowed:
        _turn_away(connection, identity)
    else:
        connection.outlet.release()


def _turn_away(connection: Connection, identity: Identity | None) -> None:
    if identity is None:
        connection.close(CloseCode.SIGN_IN, "signed out")
    else:
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


def _inbox_changed(connection: Connection, change: Change) -> None:
    if change.recheck:
        # Nothing that comes after the change reaches a socket that may not stay.
        connection.judge(recheck(connection))
    if change.standing is None:
        return
    room, member = change.standing
    if member and room not in connection.watched:
        connection.start(_watch_anew(connection))
    elif not member and room in connection.watched:
        unwatch(connection, room)
    if not member and room in connection.opened:
        connection.start(_close_unless_visible(connection, room))


def _watch(connection: Connection, joined: Joined) -> None:
    overtaken = {each.room.id for each in joined.rooms if not watch(connection, each, overtaken=False)}
    if overtaken:
        connection.start(_watch_anew(connection, overtaken))


async def _watch_anew(connection: Connection, overtaken: Set[int] = frozenset()) -> None:
    """Watch the rooms as they are now, telling where those are that the client knows an older position of."""
    live = runtime.current()
    for _ in range(READS):
        joined = await live.reader.run(joined_rooms, connection.person.id)
        inbox = live.hub.feeds.get(connection.inbox_stream)
        if connection.ended or inbox is None:
            return
        # What was told meanwhile may be that they were put out of one of these rooms.
        if inbox.head <= joined.inbox:
            rooms = {each.room.id: each for each in joined.rooms}
            again = {pk for pk, each in rooms.items() if not watch(connection, each, overtaken=pk in overtaken)}
            if not again:
                return
            overtaken |= again
    connection.close(CloseCode.RESTART, "try again")


async def _close_unless_visible(connection: Connection, room: int) -> None:
    try:
        await runtime.current().reader.run(access.room_for, connection.person.id, room)
    except NotFound:
        opening.revoked(connection, room)
