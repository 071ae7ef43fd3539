"""The socket, through the application that a server runs."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from chat.actions import accounts, memberships, rooms
from chat.limits import Limits
from chat.models import Room, User
from chatproject.asgi import application
from tests.builders import join, make_person, make_room, say

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


def session_of(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Socket:
    """One socket of one person, speaking the protocol."""

    def __init__(self, wire: WebsocketCommunicator) -> None:
        self.wire, self.refs = wire, 0
        self.events: list[dict[str, Any]] = []

    async def frame(self) -> dict[str, Any]:
        return json.loads(await self.wire.receive_from(timeout=3))

    async def event(self, type_: str) -> dict[str, Any]:
        """The next event of this type; others are kept."""
        for index, each in enumerate(self.events):
            if each["type"] == type_:
                return self.events.pop(index)
        while True:
            frame = await self.frame()
            if frame["type"] == type_:
                return frame
            self.events.append(frame)

    async def ask(self, type_: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return its reply."""
        self.refs += 1
        ref = str(self.refs)
        await self.wire.send_to(text_data=json.dumps({"type": type_, "ref": ref, **fields}))
        while True:
            frame = await self.frame()
            if frame["type"] == "reply" and frame["ref"] == ref:
                return frame
            self.events.append(frame)

    async def closed(self) -> int:
        while True:
            output = await self.wire.receive_output(timeout=3)
            if output["type"] == "websocket.close":
                return int(output["code"])


@asynccontextmanager
async def connected(person: User | None, *, session: str | None = None) -> AsyncIterator[Socket]:
    key = session or (await sync_to_async(session_of)(person) if person is not None else "none")
    headers = [(b"cookie", f"sessionid={key}".encode()), (b"origin", b"http://localhost"), (b"host", b"localhost")]
    wire = WebsocketCommunicator(application, "/ws/", headers=headers, subprotocols=["parley.v1"])
    accepted, _ = await wire.connect()
    assert accepted
    try:
        yield Socket(wire)
    finally:
        await wire.disconnect()


async def opened(socket: Socket, room: Room, **fields: Any) -> dict[str, Any]:
    reply = await socket.ask("room.open", room=room.pk, **fields)
    assert reply["ok"], reply
    return reply["data"]


@pytest.fixture
def ana() -> User:
    return make_person("ana")


@pytest.fixture
def ben() -> User:
    return make_person("ben")


@pytest.fixture
def room(ana: User, ben: User) -> Room:
    room = make_room(ana)
    join(ben, room)
    return room


async def test_hello_tells_who_and_which_rooms(ana, room):
    async with connected(ana) as socket:
        hello = await socket.event("hello")
        assert hello["user"] == {"id": ana.pk, "name": "ana"}
        assert [each["room"]["slug"] for each in hello["rooms"]] == ["general"]
        assert hello["limits"]["message_length"] == 8000


async def test_a_stranger_is_asked_to_sign_in(db):
    async with connected(None) as socket:
        assert await socket.closed() == 4401


async def test_a_banned_person_is_not_let_in(ana, ben):
    await sync_to_async(User.objects.filter(pk=ana.pk).update)(is_active=False)
    async with connected(ana) as socket:
        assert await socket.closed() == 4403


async def test_a_foreign_origin_is_refused(ana):
    for origin in (b"https://evil.example", b"null", b"http://localhost.evil.example"):
        wire = WebsocketCommunicator(application, "/ws/", headers=[(b"origin", origin), (b"host", b"localhost")])
        assert (await wire.connect())[0] is False


async def test_two_people_talk(ana, ben, room):
    async with connected(ana) as a, connected(ben) as b:
        opening = await opened(b, room)
        assert opening["reset"]
        await opened(a, room)
        key = str(uuid4())
        reply = await a.ask("message.send", room=room.pk, key=key, body="hello *ben*")
        message = reply["data"]["message"]
        assert message["number"] == 1
        heard = await b.event("message.changed")
        assert heard["message"] == message
        assert heard["message"]["html"] == "<p>hello <em>ben</em></p>"
        assert (heard["prev"], heard["seq"]) == (opening["head"], message["seq"])
        assert (await a.event("message.changed"))["message"] == message


async def test_edits_deletes_and_reactions_arrive_in_order(ana, ben, room):
    async with connected(ana) as a, connected(ben) as b:
        at = (await opened(b, room))["head"]
        sent = (await a.ask("message.send", room=room.pk, key=str(uuid4()), body="helo"))["data"]["message"]["id"]
        await a.ask("message.edit", message=sent, body="hello")
        await b.ask("reaction.set", message=sent, emoji="👍", on=True)
        await a.ask("message.delete", message=sent)
        seen = [await b.event("message.changed") for _ in range(4)]
        assert [(each["prev"], each["seq"]) for each in seen] == [(at + i, at + i + 1) for i in range(4)]
        assert [each["message"]["body"] for each in seen] == ["helo", "hello", "hello", ""]
        assert [each["message"]["deleted"] for each in seen] == [False, False, False, True]


async def test_a_resume_brings_what_changed_and_then_goes_live(ana, ben, room):
    async with connected(ana) as a:
        at = await opened(a, room)
    first = await sync_to_async(say)(ben, room, "while away")
    async with connected(ana) as a, connected(ben) as b:
        resumed = await opened(a, room, since={"epoch": at["epoch"], "seq": at["head"]})
        assert not resumed["reset"]
        assert [each["id"] for each in resumed["changes"]] == [first.id]
        await b.ask("message.send", room=room.pk, key=str(uuid4()), body="now")
        assert (await a.event("message.changed"))["prev"] == resumed["head"]


async def test_a_long_absence_is_told_in_pages(ana, room, settings):
    settings.LIMITS = Limits(catch_up_rows=3)
    for index in range(8):
        await sync_to_async(say)(ana, room, f"number {index}")
    async with connected(ana) as a:
        hello = await a.event("hello")
        seq, shown = 2, []
        while seq is not None:
            page = await opened(a, room, since={"epoch": hello["epoch"], "seq": seq})
            shown += [each["number"] for each in page["changes"]]
            seq = page["next"]
        assert shown == list(range(1, 9))


async def test_a_room_not_open_only_advances(ana, ben, room):
    async with connected(ana) as a, connected(ben) as b:
        await a.event("hello")
        await a.ask("room.close", room=room.pk)
        await b.ask("message.send", room=room.pk, key=str(uuid4()), body="psst")
        advanced = await a.event("room.advanced")
        assert (advanced["room"], advanced["message_count"]) == (room.pk, 1)
        assert not any(each["type"] == "message.changed" for each in a.events)


async def test_a_removed_member_hears_nothing_more(ana, ben, room):
    async with connected(ana) as a, connected(ben) as b:
        await opened(a, room)
        await opened(b, room)
        await sync_to_async(memberships.remove_member)(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
        assert (await b.event("room.closed"))["room"] == room.pk
        assert (await b.event("membership.changed"))["membership"]["state"] == "removed"
        await a.ask("message.send", room=room.pk, key=str(uuid4()), body="secret")
        reply = await b.ask("room.open", room=room.pk)
        assert reply["error"]["code"] == "not_found"
        assert not any(each["type"] in ("message.changed", "room.advanced") for each in b.events)
        assert (await b.ask("message.send", room=room.pk, key=str(uuid4()), body="x"))["error"]["code"] == "not_found"


async def test_a_banned_persons_socket_closes(ana, ben, room):
    boss = await sync_to_async(make_person)("boss", staff=True)
    async with connected(ben) as b:
        await opened(b, room)
        await sync_to_async(accounts.ban)(person_id=boss.pk, user_id=ben.pk, reason="spam")
        assert await b.closed() == 4403


async def test_signing_out_closes_only_that_browsers_sockets(ana, room):
    first, second = await sync_to_async(session_of)(ana), await sync_to_async(session_of)(ana)
    async with connected(ana, session=first) as gone, connected(ana, session=second) as stays:
        await gone.event("hello")
        await stays.event("hello")
        await sync_to_async(accounts.end_session)(user_id=ana.pk, session_key=first)
        assert await gone.closed() == 4401
        assert (await stays.ask("room.open", room=room.pk))["ok"]


async def test_read_markers_move_on_all_tabs(ana, ben, room):
    await sync_to_async(say)(ben, room)
    async with connected(ana) as one, connected(ana) as two:
        await two.event("hello")
        reply = await one.ask("read.set", room=room.pk, number=1)
        assert reply["data"]["membership"]["unread"] == 0
        assert (await two.event("membership.changed"))["membership"]["last_read_number"] == 1


async def test_joining_makes_the_room_watched(ana, room):
    eve = await sync_to_async(make_person)("eve")
    async with connected(eve) as e, connected(ana) as a:
        await e.event("hello")
        assert (await e.ask("room.join", room=room.pk))["data"]["membership"]["state"] == "active"
        await e.event("membership.changed")
        await a.ask("message.send", room=room.pk, key=str(uuid4()), body="welcome")
        assert (await e.event("room.advanced"))["room"] == room.pk


async def test_typing_reaches_the_others_and_ends_with_the_message(ana, ben, room):
    async with connected(ana) as a, connected(ben) as b:
        await opened(a, room)
        await opened(b, room)
        await a.ask("typing.set", room=room.pk)
        assert [each["name"] for each in (await b.event("typing.changed"))["people"]] == ["ana"]
        await a.ask("message.send", room=room.pk, key=str(uuid4()), body="done")
        assert (await b.event("typing.changed"))["people"] == []


async def test_a_renamed_room_is_told_to_those_who_only_watch_it(ana, ben, room):
    async with connected(ben) as b:
        await b.event("hello")
        await b.ask("room.close", room=room.pk)
        await sync_to_async(rooms.change_room)(person_id=ana.pk, room_id=room.pk, name="Lounge")
        assert (await b.event("room.changed"))["details"]["name"] == "Lounge"


async def test_a_gap_in_the_inbox_can_be_filled(ana, room):
    async with connected(ana) as a:
        hello = await a.event("hello")
        reply = await a.ask("inbox.open", since={"epoch": hello["epoch"], "seq": 0})
        assert [each["room"]["id"] for each in reply["data"]["changes"]] == [room.pk]
        assert reply["data"]["head"] == hello["inbox"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"type": "message.send", "room": 1, "key": "x", "body": "hi"}, "invalid"),
        ({"type": "message.send", "room": "1", "key": str(uuid4()), "body": "hi"}, "invalid"),
        ({"type": "message.send", "room": 1, "key": str(uuid4()), "body": "hi", "extra": 1}, "invalid"),
        ({"type": "message.send", "room": 10**9, "key": str(uuid4()), "body": "hi"}, "not_found"),
        ({"type": "message.send", "room": 1, "key": str(uuid4()), "body": "a\x00b"}, "invalid_text"),
        ({"type": "message.send", "room": 1, "key": str(uuid4()), "body": " \n "}, "message_empty"),
        ({"type": "message.send", "room": 1, "key": str(uuid4()), "body": "x" * 8001}, "message_too_long"),
        ({"type": "message.send", "room": 1, "key": str(uuid4()), "body": "\ud800"}, "invalid_text"),
        ({"type": "message.edit", "message": 10**9, "body": "hi"}, "not_found"),
        ({"type": "message.delete", "message": 0}, "invalid"),
        ({"type": "reaction.set", "message": 10**9, "emoji": "👍", "on": True}, "not_found"),
        ({"type": "room.open", "room": 10**9}, "not_found"),
        ({"type": "room.open", "room": 1, "since": 5}, "invalid"),
        ({"type": "room.join", "room": 10**9}, "not_found"),
        ({"type": "room.leave", "room": 10**9}, "not_found"),
        ({"type": "read.set", "room": 10**9, "number": 1}, "not_found"),
        ({"type": "typing.set", "room": 10**9}, "not_found"),
    ],
)
async def test_bad_commands_get_a_named_error_and_the_socket_lives_on(ana, room, command, code):
    async with connected(ana) as socket:
        await socket.event("hello")
        fields = {name: value for name, value in command.items() if name != "type"}
        reply = await socket.ask(command["type"], **fields)
        assert reply["error"]["code"] == code
        assert reply["error"]["detail"]
        await socket.wire.send_to(text_data='{"type":"ping","ref":"p"}')
        assert (await socket.event("pong"))["ref"] == "p"


@pytest.mark.parametrize(
    "text", [" ", "nonsense", "[]", "1", "{}", '{"type":"room.destroy"}', '{"type":5}', "[" * 10**5]
)
async def test_a_frame_that_is_no_command_closes_the_socket(ana, text):
    async with connected(ana) as socket:
        await socket.event("hello")
        await socket.wire.send_to(text_data=text)
        assert await socket.closed() == 4400


async def test_a_binary_frame_closes_the_socket(ana):
    async with connected(ana) as socket:
        await socket.event("hello")
        await socket.wire.send_to(bytes_data=b"\x00")
        assert await socket.closed() == 4400


async def test_too_many_commands_are_refused_with_a_time_to_wait(ana, settings):
    settings.LIMITS = Limits(socket_commands=1, socket_burst=3)
    async with connected(ana) as socket:
        await socket.event("hello")
        replies = [await socket.ask("room.close", room=1) for _ in range(4)]
        assert [each["ok"] for each in replies] == [True, True, True, False]
        assert replies[3]["error"]["code"] == "rate_limited"
        assert 0 < replies[3]["error"]["retry_after"] <= 1


async def test_too_many_open_rooms_are_refused(ana, room, settings):
    settings.LIMITS = Limits(open_rooms=1)
    other = await sync_to_async(make_room)(ana, "random")
    async with connected(ana) as socket:
        await opened(socket, room)
        assert (await socket.ask("room.open", room=other.pk))["error"]["code"] == "too_many_rooms"
        await socket.ask("room.close", room=room.pk)
        await opened(socket, other)


async def test_too_many_sockets_of_one_person_are_refused(ana, settings):
    settings.LIMITS = Limits(person_sockets=1)
    async with connected(ana) as first:
        await first.event("hello")
        async with connected(ana) as second:
            assert await second.closed() == 4429


async def test_a_socket_that_ends_leaves_nothing_behind(ana, room, live):
    async with connected(ana) as socket:
        await opened(socket, room)
        assert list(live.connections)
    assert not list(live.connections)
    assert not any(feed.subscriptions for feed in live.hub.feeds.values())


async def test_asking_for_rooms_that_there_are_not_leaves_nothing_behind(ana, room, live):
    async with connected(ana) as socket:
        await socket.event("hello")
        for each in range(10**6, 10**6 + 30):
            assert (await socket.ask("room.open", room=each))["error"]["code"] == "not_found"
        [connection] = live.connections
        assert list(connection._locks) == []
        assert not any(stream.id >= 10**6 for stream in live.hub.feeds)


async def test_where_too_many_connect_a_socket_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.admission.WAITING", 0)
    ana = await sync_to_async(make_person)("ana")
    async with connected(ana) as socket:
        assert (await socket.event("goodbye"))["retry_after"] >= 1
        assert await socket.closed() in (1012, 3000)
    monkeypatch.undo()
    async with connected(ana) as socket:
        await socket.event("hello")


async def test_strangers_are_asked_to_sign_in_however_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.admission.WAITING", 0)
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    wire = WebsocketCommunicator(application, "/ws/", headers=headers, subprotocols=["parley.v1"])
    assert (await wire.connect())[0]
    assert await Socket(wire).closed() == 4401
    await wire.disconnect()
