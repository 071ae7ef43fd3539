"""A socket whose session ends while it arrives, or while it is being judged again."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from chat import runtime
from chat.actions import accounts
from chat.delivery.change import StreamKey
from chat.models import Message, Room, User
from chat.queries.arriving import arriving
from chat.queries.identity import person_of
from tests.builders import make_person, make_room
from tests.consumers.test_socket import session_of
from tests.consumers.wires import Gate, Wire
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def sign_out(eve: User, session: str) -> None:
    accounts.end_session(user_id=eve.pk, session_key=session)


def ban(eve: User, session: str) -> None:
    accounts.ban(person_id=make_person("root", staff=True).pk, user_id=eve.pk, reason="they know why")


ENDS = {"signed out": (sign_out, 4401), "banned": (ban, 4403)}


@pytest.fixture
def eve() -> User:
    return make_person("eve")


@pytest.fixture
def room(eve: User) -> Room:
    return make_room(eve)


@pytest_asyncio.fixture
async def sessions(eve: User) -> tuple[str, str]:
    """Of two browsers of hers."""
    return await sync_to_async(session_of)(eve), await sync_to_async(session_of)(eve)


@pytest_asyncio.fixture
async def wires(live: runtime.Runtime, sessions: tuple[str, str]) -> AsyncIterator[tuple[Wire, Wire]]:
    """A socket of each, not served yet, which ends with the test."""
    wires = Wire(sessions[0]), Wire(sessions[1])
    yield wires
    for each in wires:
        await each.end()


@pytest.mark.parametrize("lingers", [False, True], ids=["another tab", "after a reload"])
@pytest.mark.parametrize("end", ENDS)
async def test_a_session_that_ends_while_its_socket_arrives_ends_the_socket(
    live, eve, sessions, wires, monkeypatch, end, lingers
):
    act, code = ENDS[end]
    other, wire = wires
    other.connect()
    await other.until_heard("hello")
    if lingers:
        await other.end()
    gate = Gate(live, monkeypatch, arriving)
    wire.connect()
    await until(lambda: gate.waiting == 1)  # judged already: the session stands
    inbox = live.hub.feeds[StreamKey("inbox", eve.pk)]
    told = inbox.head
    await sync_to_async(act)(eve, sessions[1])
    await until(lambda: inbox.head > told)
    gate.open()
    await until(lambda: wire.closed)
    assert wire.code == code
    assert wire.heard == []


async def test_a_session_that_stands_is_welcomed_though_the_inbox_has_moved_meanwhile(
    live, eve, sessions, wires, monkeypatch
):
    other, wire = wires
    other.connect()
    await other.until_heard("hello")
    gate = Gate(live, monkeypatch, arriving)
    wire.connect()
    await until(lambda: gate.waiting == 1)
    inbox = live.hub.feeds[StreamKey("inbox", eve.pk)]
    told = inbox.head
    await sync_to_async(sign_out)(eve, sessions[0])
    await until(lambda: inbox.head > told)
    gate.open()
    await wire.until_heard("hello")
    await until(lambda: other.closed)
    assert wire.told("hello")[0]["inbox"] == inbox.head
    assert (other.code, wire.code) == (4401, None)


@pytest.mark.parametrize("end", ENDS)
async def test_what_is_asked_while_a_socket_is_judged_is_not_begun_where_it_may_not_stay(
    live, eve, room, sessions, wires, monkeypatch, end
):
    act, code = ENDS[end]
    _, wire = wires
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, person_of)
    await sync_to_async(act)(eve, sessions[1])
    await until(lambda: gate.waiting == 1)
    wire.say("message.send", room=room.pk, key=str(uuid4()), body="still here")
    wire.say("room.open", room=room.pk)
    gate.open()
    await until(lambda: wire.closed)
    await wire.end()
    await wire.idle()
    assert wire.code == code
    assert not await Message.objects.filter(room=room).aexists()
    assert wire.told("reply") == []


async def test_what_is_asked_while_a_socket_is_judged_is_done_where_it_may_stay(
    live, eve, room, sessions, wires, monkeypatch
):
    _, wire = wires
    wire.connect()
    await wire.until_heard("hello")
    gate = Gate(live, monkeypatch, person_of)
    await sync_to_async(sign_out)(eve, sessions[0])
    await until(lambda: gate.waiting == 1)
    for number in range(2):
        wire.say("message.send", room=room.pk, key=str(uuid4()), body=f"number {number}")
    gate.open()
    await until(lambda: len(wire.told("reply")) == 2)
    assert [each["data"]["message"]["body"] for each in wire.told("reply")] == ["number 0", "number 1"]
    assert wire.code is None
