"""Who hears of what happens in a room: events are held to the same rules as requests."""

from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat import runtime
from chat.actions import accounts, memberships, rooms
from chat.models import Room, User
from tests.builders import join, make_person, make_room
from tests.consumers.test_socket import Socket, connected
from tests.protocol.vocabulary import EVENTS
from tests.security.matrix.grid import drawn, promised
from tests.security.matrix.hearing import LETTERS, PERSONAL, of_room
from tests.security.matrix.scenes import KINDS, ROLES, Cast, make_gathering

PROMISED = promised("What is heard")
OPENED = "who asked to open the room"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


class Sockets:
    """Sockets of several people, which end together."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def of(self, person: User, *, opens: Room | None = None) -> Socket:
        socket = await self._stack.enter_async_context(connected(person))
        await socket.event("hello")
        if opens is not None:
            await socket.ask("room.open", room=opens.pk)
        return socket


@asynccontextmanager
async def sockets() -> Any:
    async with AsyncExitStack() as stack:
        yield Sockets(stack)


async def everything_happens(cast: Cast, room: Room, sockets: Sockets) -> Socket:
    """Somebody comes, a message where there can be one, new details, typing, and who came is put out. Their socket."""
    founder = await sockets.of(cast.founder, opens=room)
    regular = await sockets.of(cast.regular, opens=room)
    while "regular" not in {each["name"] for each in (await founder.event("presence.changed"))["people"]}:
        pass
    if not room.archived:
        await founder.ask("message.send", room=room.pk, key=str(uuid4()), body="news")
    await sync_to_async(rooms.change_room)(person_id=cast.founder.pk, room_id=room.pk, topic="news")
    await founder.event("room.changed")
    await founder.ask("typing.set", room=room.pk)
    await founder.event("typing.changed")
    await sync_to_async(memberships.remove_member)(person_id=cast.founder.pk, room_id=room.pk, user_id=cast.regular.pk)
    await founder.event("member.changed")
    return regular


async def heard(socket: Socket) -> list[dict[str, Any]]:
    """What reached the socket until now."""
    await socket.ask("inbox.open")
    return socket.events


@pytest.mark.parametrize("audience", PROMISED)
async def test_what_happens_in_a_room_reaches_those_who_may_read_it(audience: str) -> None:
    cast = await sync_to_async(Cast.make)()
    answers = {}
    for number, kind in enumerate(KINDS):
        room = await sync_to_async(make_gathering)(cast, kind, slug=f"gathering-{number}")
        async with sockets() as opened:
            opens = room if audience == OPENED else None
            listening = {role: await opened.of(cast.roles[role], opens=opens) for role in ROLES}
            await everything_happens(cast, room, opened)
            for role, socket in listening.items():
                events = await heard(socket)
                answers[kind, role] = of_room(events, room.pk)
                assert {each["type"] for each in events}.isdisjoint(PERSONAL), (kind, role)
    assert drawn(answers) == PROMISED[audience]


async def test_who_is_put_out_hears_that_and_nothing_after_it() -> None:
    cast = await sync_to_async(Cast.make)()
    for number, kind in enumerate(KINDS):
        room = await sync_to_async(make_gathering)(cast, kind, slug=f"gathering-{number}")
        async with sockets() as opened:
            regular = await everything_happens(cast, room, opened)
            types = [each["type"] for each in await heard(regular)]
            assert "C" in of_room(regular.events, room.pk).split()
            assert set(types[types.index("room.closed") :]) == {"room.closed", "membership.changed"}


@pytest.mark.parametrize("state", ["banned", "deactivated"])
async def test_an_account_that_is_shut_out_hears_nothing(state: str) -> None:
    cast = await sync_to_async(Cast.make)()
    boss = await sync_to_async(make_person)("boss", staff=True)
    for number, kind in enumerate(KINDS):
        room = await sync_to_async(make_gathering)(cast, kind, slug=f"gathering-{number}")
        shut_out = await sync_to_async(make_person)(f"shut-out-{number}")
        await sync_to_async(join)(shut_out, room)
        if state == "banned":
            await sync_to_async(accounts.ban)(person_id=boss.pk, user_id=shut_out.pk, reason="spam")
        else:
            await sync_to_async(accounts.set_active)(person_id=boss.pk, user_id=shut_out.pk, active=False)
        async with sockets() as opened, connected(shut_out) as socket:
            await everything_happens(cast, room, opened)
            output = await socket.wire.receive_output(timeout=3)
            assert (output["type"], output["code"]) == ("websocket.close", 4403)


async def reads(person: User, room: Room, socket: Socket) -> None:
    await socket.ask("read.set", room=room.pk, number=1)


async def signs_out_elsewhere(person: User, room: Room, socket: Socket) -> None:
    await sync_to_async(accounts.end_session)(user_id=person.pk, session_key="elsewhere")


async def pings(person: User, room: Room, socket: Socket) -> None:
    await socket.wire.send_to(text_data='{"type":"ping","ref":"mine"}')


async def connects(person: User, room: Room, socket: Socket) -> None:
    async with connected(person) as another:
        assert (await another.event("hello"))["user"]["id"] == person.pk


ALONE: dict[str, Callable[[User, Room, Socket], Any]] = {
    "membership.changed": reads,
    "account.changed": signs_out_elsewhere,
    "pong": pings,
    "hello": connects,
}


@pytest.mark.parametrize("type_", ALONE)
async def test_what_concerns_one_person_is_told_to_nobody_else(type_: str) -> None:
    cast = await sync_to_async(Cast.make)()
    room = await sync_to_async(make_gathering)(cast, "private", slug="gathering")
    async with sockets() as opened:
        own = await opened.of(cast.regular, opens=room)
        others = [await opened.of(person, opens=room) for person in (cast.founder, *cast.roles.values())]
        await ALONE[type_](cast.regular, room, own)
        if type_ != "hello":
            await own.event(type_)
        for socket in others:
            assert type_ not in {each["type"] for each in await heard(socket)}


async def test_a_farewell_tells_of_nobody() -> None:
    ana = await sync_to_async(make_person)("ana")
    await sync_to_async(make_room)(ana)
    async with connected(ana) as socket:
        await socket.event("hello")
        runtime.current().connections.send_away("the worker leaves")
        assert (await socket.event("goodbye")).keys() == {"type", "retry_after"}


def test_no_event_is_left_out() -> None:
    assert LETTERS.keys() | PERSONAL == EVENTS.keys()
    assert ALONE.keys() | {"goodbye"} == PERSONAL
