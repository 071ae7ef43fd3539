"""Who may not read a room any more, and sends again what they once said there, learns nothing that happened since."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat.actions import memberships, messages, reactions
from chat.models import Room, User
from tests.builders import join, make_person, make_room, say
from tests.consumers.test_socket import Socket, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

WAYS = ["removed", "left", "removed from a public one"]
KEY = str(uuid4())
TEXT = "my *own* words"


@pytest.fixture
def founder() -> User:
    return make_person("founder")


@pytest.fixture
def guest() -> User:
    return make_person("guest")


@pytest.fixture
def room(founder: User, guest: User, way: str) -> Room:
    public = way == "removed from a public one"
    room = make_room(founder, "plans", kind=Room.Kind.PUBLIC if public else Room.Kind.PRIVATE)
    say(founder, room, "before")
    join(guest, room)
    return room


def lose(founder: User, guest: User, room: Room, way: str) -> None:
    if way == "left":
        memberships.leave_room(person_id=guest.pk, room_id=room.pk)
    else:
        memberships.remove_member(person_id=founder.pk, room_id=room.pk, user_id=guest.pk)


def react(founder: User, message: int) -> None:
    reactions.set_reaction(person_id=founder.pk, message_id=message, emoji="👍", on=True)


def delete(founder: User, message: int) -> None:
    messages.delete_message(person_id=founder.pk, message_id=message)


LATER: dict[str, Callable[[User, int], None]] = {"reaction": react, "deletion": delete}


async def sent(socket: Socket, room: Room) -> dict[str, Any]:
    reply = await socket.ask("message.send", room=room.pk, key=KEY, body=TEXT)
    assert reply["ok"]
    message: dict[str, Any] = reply["data"]["message"]
    return message


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("way", WAYS)
async def test_what_is_sent_again_is_acknowledged_as_it_was_submitted(
    founder: User, guest: User, room: Room, way: str, later: str
) -> None:
    async with connected(guest) as socket:
        first = await sent(socket, room)
        await sync_to_async(lose)(founder, guest, room, way)
        before = await sent(socket, room)
        await sync_to_async(LATER[later])(founder, first["id"])
        after = await sent(socket, room)
    assert after == before
    assert after == first | {"seq": after["seq"]}
    assert after["seq"] <= first["seq"]


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_edited_is_acknowledged_as_it_was_submitted(
    founder: User, guest: User, room: Room, way: str
) -> None:
    async with connected(guest) as socket:
        first = await sent(socket, room)
        await socket.ask("message.edit", message=first["id"], body="better words")
        await sync_to_async(lose)(founder, guest, room, way)
        again = await sent(socket, room)
    assert again == first | {"seq": again["seq"]}
    assert again["seq"] <= first["seq"]


async def test_who_left_a_room_that_they_may_read_gets_the_row_as_it_is(founder: User, guest: User) -> None:
    lobby = await sync_to_async(make_room)(founder, "lobby")
    await sync_to_async(join)(guest, lobby)
    async with connected(guest) as socket:
        first = await sent(socket, lobby)
        await socket.ask("room.leave", room=lobby.pk)
        await sync_to_async(react)(founder, first["id"])
        again = await sent(socket, lobby)
    assert [each["emoji"] for each in again["reactions"]] == ["👍"]
    assert again["seq"] > first["seq"]
