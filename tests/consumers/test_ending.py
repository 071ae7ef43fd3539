"""What overtakes what is under way for a socket: its end, and news of the person's rooms."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from chat import access, runtime
from chat.actions import memberships
from chat.connection import Connection
from chat.consumers import ChatConsumer
from chat.delivery.change import StreamKey
from chat.models import Room, User
from chat.queries.arriving import arriving
from chat.queries.rooms import joined_rooms
from tests.builders import join, make_person, make_room
from tests.consumers.test_socket import session_of
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """A socket as its server sees it: a queue of what comes in, which may hold much before anything is answered."""

    def __init__(self, session: str) -> None:
        self._scope = {"headers": [(b"cookie", f"sessionid={session}".encode())], "subprotocols": ["parley.v1"]}
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        self._consumer = ChatConsumer()
        self._application: asyncio.Task[None] | None = None
        self.heard: list[dict[str, Any]] = []
        self.closed = False

    @property
    def connection(self) -> Connection:
        assert self._consumer.connection is not None
        return self._consumer.connection

    def connect(self) -> None:
        """Begin to serve it."""
        self._application = asyncio.create_task(self._consumer(self._scope, self._incoming.get, self._send))

    def say(self, type_: str, **fields: Any) -> None:
        text = orjson.dumps({"type": type_, "ref": type_, **fields}).decode()
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})

    def disconnect(self) -> None:
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def told(self, type_: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == type_]

    async def until_heard(self, type_: str) -> None:
        await until(lambda: bool(self.told(type_)))

    async def end(self) -> None:
        """Leave if it is there, and return when it is not served any more."""
        self.disconnect()
        if self._application is not None:
            await asyncio.wait_for(asyncio.shield(self._application), 10)

    async def idle(self) -> None:
        await until(lambda: not self.connection.tasks)

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.heard.append(orjson.loads(message["text"]))
        self.closed = self.closed or message["type"] == "websocket.close"


class Gate:
    """Stands before the answers to one query; `waiting` are those that it holds back."""

    def __init__(self, live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch, query: Callable[..., Any]) -> None:
        self._run, self._query = live.reader.run, query
        self._open = asyncio.Event()
        self.waiting = 0
        monkeypatch.setattr(live.reader, "run", self._read)

    def open(self) -> None:
        self._open.set()

    async def _read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = await self._run(query, *args, **kwargs)
        if query is self._query:
            self.waiting += 1
            await self._open.wait()
            self.waiting -= 1
        return found


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
    gate = Gate(live, monkeypatch, joined_rooms)
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
