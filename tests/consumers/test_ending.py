"""What overtakes what is under way for a socket: its end, and news of the person's rooms."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from chat import access, runtime
from chat.actions import memberships
from chat.delivery.change import StreamKey
from chat.models import Room, User
from chat.queries.arriving import arriving
from chat.queries.rooms import joined_rooms
from tests.builders import join, make_person, make_room
from tests.consumers.test_socket import session_of
from tests.consumers.wires import Gate, Wire
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> User:
    return make_person("ana")


@pytest.fixture
def room(ana: User) -> Room:
    return make_room(ana)


@pytest.fixture
def eve() -> User:
    """Somebody without rooms: nothing is hosted for her but her inbox."""
    return make_person("eve")


@pytest_asyncio.fixture
async def wires(live: runtime.Runtime, eve: User) -> AsyncIterator[tuple[Wire, Wire]]:
    """Two sockets of hers, not served yet, which end with the test."""
    session = await sync_to_async(session_of)(eve)
    wires = Wire(session), Wire(session)
    yield wires
    for each in wires:
        await each.end()


@pytest.fixture
def wire(wires: tuple[Wire, Wire]) -> Wire:
    return wires[0]


@pytest.fixture
def entered(live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rooms in which somebody was present from now on, for however short a time."""
    rooms: list[int] = []
    enter = live.awareness.presence.enter
    monkeypatch.setattr(live.awareness.presence, "enter", lambda room, who: (rooms.append(room), enter(room, who)))
    return rooms


async def nothing_is_left(live: runtime.Runtime, wire: Wire, room: Room) -> None:
    """Once all that was under way for the socket has ended."""
    await wire.end()
    await wire.idle()
    assert not list(live.connections)
    assert [stream for stream, feed in live.hub.feeds.items() if feed.subscriptions] == []
    assert live.awareness.presence.people(room.pk) == []
    assert wire.connection.opened == wire.connection.watched == {}


async def test_a_socket_that_ends_while_it_waits_to_open_a_room_leaves_nothing(live, room, wire, monkeypatch):
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, access.room_for)
    wire.say("room.open", room=room.pk)
    await until(lambda: gate.waiting == 1)
    await wire.end()
    gate.open()
    await nothing_is_left(live, wire, room)
    assert StreamKey("room", room.pk) not in live.hub.feeds


@pytest.mark.parametrize("hosted", [True, False], ids=["hot", "cold"])
async def test_a_socket_that_ends_before_its_first_command_begins_leaves_nothing(live, room, wire, hosted):
    if hosted:
        live.hub.host(StreamKey("room", room.pk), head=room.head)
    wire.say("room.open", room=room.pk)
    wire.disconnect()
    wire.connect()
    await nothing_is_left(live, wire, room)
    assert (StreamKey("room", room.pk) in live.hub.feeds) == hosted


async def test_a_socket_that_ends_while_its_rooms_are_read_again_leaves_nothing(live, room, eve, wire, monkeypatch):
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, joined_rooms)
    await sync_to_async(join)(eve, room)
    await until(lambda: gate.waiting == 1)
    await wire.end()
    gate.open()
    await nothing_is_left(live, wire, room)


async def test_who_is_put_out_while_the_rooms_are_read_again_watches_none_of_it(
    live, ana, eve, room, wire, monkeypatch, entered
):
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, joined_rooms)
    await sync_to_async(join)(eve, room)
    await until(lambda: gate.waiting == 1)  # read already: she is a member there
    await put_out(ana, eve, room)
    await until(lambda: len(wire.told("membership.changed")) == 2)
    gate.open()
    await wire.idle()
    assert entered == []
    await nothing_is_left(live, wire, room)


async def test_who_is_put_out_before_hello_watches_none_of_it(live, ana, eve, room, wires, monkeypatch, entered):
    wire, later = wires
    wire.connect()
    await wire.until_heard("hello")
    arrives = Gate(live, monkeypatch, arriving)
    later.connect()
    await until(lambda: arrives.waiting == 1)
    await sync_to_async(join)(eve, room)
    await until(lambda: entered == [room.pk])
    gate = Gate(live, monkeypatch, arriving)
    arrives.open()
    await until(lambda: gate.waiting == 1)  # the first one heard of more than the second one's answer has
    await put_out(ana, eve, room)
    await until(lambda: len(wire.told("membership.changed")) == 2)
    gate.open()
    await later.until_heard("membership.changed")
    await later.idle()
    assert later.connection.watched == {}
    assert [each["membership"]["state"] for each in later.told("membership.changed")] == ["removed"]
    await wire.end()
    await nothing_is_left(live, later, room)


async def test_a_socket_whose_inbox_is_ahead_of_the_log_for_good_is_sent_away(live, eve, room, wire, monkeypatch):
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, joined_rooms)
    await sync_to_async(join)(eve, room)
    await until(lambda: gate.waiting == 1)
    live.hub.feeds[StreamKey("inbox", eve.pk)].skip_to(10**6)
    gate.open()
    await until(lambda: wire.closed)
    assert wire.connection.watched == {}
    await nothing_is_left(live, wire, room)


async def put_out(ana: User, eve: User, room: Room) -> None:
    await sync_to_async(memberships.remove_member)(person_id=ana.pk, room_id=room.pk, user_id=eve.pk)
