"""Who arrives while they are put out of a room, before their inbox has told of it, hears nothing of the room."""

import pytest
from asgiref.sync import sync_to_async

from chat import runtime
from chat.actions import memberships, rooms
from chat.delivery.change import StreamKey
from chat.delivery.feed import Feed
from chat.models import Room, User
from chat.queries.arriving import arriving
from chat.queries.rooms import joined_rooms
from tests.builders import join, make_person, make_room, say
from tests.consumers.test_socket import session_of
from tests.consumers.wires import Gate, Wire
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> User:
    return make_person("ana")


@pytest.fixture
def eve() -> User:
    return make_person("eve")


@pytest.fixture
def room(ana: User, eve: User) -> Room:
    room = make_room(ana, kind=Room.Kind.PRIVATE)
    join(eve, room)
    room.refresh_from_db()
    return room


async def arrived(live: runtime.Runtime, eve: User, monkeypatch: pytest.MonkeyPatch) -> tuple[Wire, Gate]:
    """A socket of hers whose rooms were read, and which is not told of them yet."""
    wire = Wire(await sync_to_async(session_of)(eve))
    gate = Gate(live, monkeypatch, arriving)
    wire.connect()
    await until(lambda: gate.waiting == 1)
    return wire, gate


def deaf(live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch, eve: User) -> None:
    """The inbox of hers is told nothing, as where its news is still on the way."""
    receive = Feed.receive
    own = StreamKey("inbox", eve.pk)
    monkeypatch.setattr(Feed, "receive", lambda feed, change: None if feed.stream == own else receive(feed, change))
    monkeypatch.setattr(live.hub.repairs, "begin", lambda feed: None)


async def hosted(live: runtime.Runtime, room: Room) -> Feed:
    """As where others who may read it are connected here."""
    return live.hub.host(StreamKey("room", room.pk), head=room.head)


def put_out(ana: User, eve: User, room: Room) -> None:
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=eve.pk)
    say(ana, room, "nobody else may know")


@pytest.mark.parametrize("remembered", [True, False], ids=["", "not remembered"])
async def test_who_was_put_out_while_they_arrived_watches_nothing(live, ana, eve, room, monkeypatch, remembered):
    feed = await hosted(live, room)
    wire, gate = await arrived(live, eve, monkeypatch)
    deaf(live, monkeypatch, eve)
    told = feed.head
    await sync_to_async(put_out)(ana, eve, room)
    await until(lambda: feed.head == told + 2)
    if not remembered:
        feed.skip_to(feed.head + 1)
        await sync_to_async(rooms.change_room)(person_id=ana.pk, room_id=room.pk, topic="skipped")
    gate.open()
    await wire.until_heard("hello")
    await wire.idle()
    await sync_to_async(rooms.change_room)(person_id=ana.pk, room_id=room.pk, name="Merger")
    await until(lambda: feed.latest is not None and b"Merger" in feed.latest.text)
    await wire.end()
    assert [each["type"] for each in wire.heard if each.get("room") == room.pk] == []
    assert feed.subscriptions == set()
    assert live.awareness.presence.people(room.pk) == []


@pytest.mark.parametrize("remembered", [True, False], ids=["", "not remembered"])
async def test_who_is_still_a_member_is_told_how_far_the_room_is(live, ana, eve, room, monkeypatch, remembered):
    feed = await hosted(live, room)
    wire, gate = await arrived(live, eve, monkeypatch)
    await sync_to_async(say)(ana, room, "hello")
    await until(lambda: feed.head == room.head + 1)
    if not remembered:
        feed.skip_to(feed.head + 1)
        await sync_to_async(rooms.change_room)(person_id=ana.pk, room_id=room.pk, topic="skipped")
    reads = Gate(live, monkeypatch, joined_rooms)
    reads.open()
    gate.open()
    await wire.until_heard("room.advanced")
    await wire.idle()
    [advanced] = wire.told("room.advanced")
    assert (advanced["head"], advanced["message_count"]) == (feed.head, 1)
    assert room.pk in wire.connection.watched
    await wire.end()


async def test_a_room_that_is_ahead_of_the_log_for_good_sends_the_socket_away(live, eve, room, monkeypatch):
    feed = await hosted(live, room)
    wire, gate = await arrived(live, eve, monkeypatch)
    feed.skip_to(10**6)
    gate.open()
    await until(lambda: wire.closed)
    assert wire.connection.watched == {}
    await wire.end()
