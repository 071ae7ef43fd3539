"""Who was put out of a private room, or left it, learns nothing more of it from their own records."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async

from chat.actions import memberships, rooms
from chat.models import Room, User
from tests.builders import join, make_person, make_room, say
from tests.consumers.test_socket import Socket, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest.fixture
def founder() -> User:
    return make_person("founder")


@pytest.fixture
def guest() -> User:
    return make_person("guest")


@pytest.fixture
def room(founder: User, guest: User) -> Room:
    room = make_room(founder, "plans", kind=Room.Kind.PRIVATE)
    join(guest, room)
    return room


def go_on(founder: User, room: Room) -> None:
    """What the room does without them."""
    rooms.change_room(person_id=founder.pk, room_id=room.pk, name="Merger", topic="with Initech")
    say(founder, room, "nobody else may know")


async def own_record(socket: Socket) -> dict[str, Any]:
    """The last change of the person's own inbox, read anew."""
    hello = await socket.event("hello")
    reply = await socket.ask("inbox.open", since={"epoch": hello["epoch"], "seq": 0})
    change: dict[str, Any] = reply["data"]["changes"][-1]
    return change


@pytest.mark.parametrize("way", ["removed", "left"])
async def test_the_inbox_does_not_follow_a_room_that_is_hidden(
    founder: User, guest: User, room: Room, way: str
) -> None:
    if way == "left":
        await sync_to_async(memberships.leave_room)(person_id=guest.pk, room_id=room.pk)
    else:
        await sync_to_async(memberships.remove_member)(person_id=founder.pk, room_id=room.pk, user_id=guest.pk)
    async with connected(guest) as socket:
        before = await own_record(socket)
    await sync_to_async(go_on)(founder, room)
    async with connected(guest) as socket:
        after = await own_record(socket)
    assert after == before
    assert after["room"] == {
        **{"id": room.pk, "slug": "plans", "name": "plans", "kind": "private"},
        **{"topic": "", "archived": False, "head": 0, "message_count": 0, "member_count": 0},
    }
    assert (after["membership"]["state"], after["membership"]["unread"]) == (way, 0)


async def test_leaving_again_tells_nothing_new(founder: User, guest: User, room: Room) -> None:
    async with connected(guest) as socket:
        first = await socket.ask("room.leave", room=room.pk)
        await sync_to_async(go_on)(founder, room)
        assert (await socket.ask("room.leave", room=room.pk))["data"] == first["data"]


async def test_the_change_that_puts_somebody_out_has_no_news_of_the_room(
    founder: User, guest: User, room: Room
) -> None:
    await sync_to_async(go_on)(founder, room)
    async with connected(guest) as socket:
        await socket.event("hello")
        await sync_to_async(memberships.remove_member)(person_id=founder.pk, room_id=room.pk, user_id=guest.pk)
        told = await socket.event("membership.changed")
    assert (told["room"]["name"], told["room"]["topic"], told["room"]["head"]) == ("plans", "", 0)


async def test_a_public_room_that_was_left_is_told_as_it_is(founder: User, guest: User) -> None:
    lobby = await sync_to_async(make_room)(founder, "lobby")
    await sync_to_async(join)(guest, lobby)
    async with connected(guest) as socket:
        reply = await socket.ask("room.leave", room=lobby.pk)
        assert reply["data"]["room"]["name"] == "Lobby"
        assert reply["data"]["room"]["member_count"] == 1
