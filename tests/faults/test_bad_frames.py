"""Whatever a client sends, it gets a named answer, and nobody else notices."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from chaos.clients.tab import Account, Tab
from chaos.clients.wire import Refused
from chaos.stack.population import PASSWORD, Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks

KEY = "6f1c2a34-8d4e-4c9a-9b65-0d7f1b2e3c4d"


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    plan = Plan(people=["ana", "mal"], rooms={"open": ["ana", "mal"], "hidden": ["ana"]}, private=["hidden"])
    return stacks.start(plan, {"LIMIT_FRAME_BYTES": "65536"})


async def raw(stack: Stack, *, session: str | None, origin: str | None = None) -> ClientConnection:
    cookie = {"Cookie": f"sessionid={session}"} if session else {}
    return await connect(
        f"ws://{stack.host}/ws/",
        additional_headers=cookie,
        origin=Origin(origin or f"http://{stack.host}"),
        subprotocols=[Subprotocol("parley.v1")],
        proxy=None,
    )


async def close_code_after(stack: Stack, frame: str | bytes) -> int | None:
    """How a signed-in socket ends that sends this frame."""
    async with await raw(stack, session=stack.account("mal").session) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        await socket.send(frame)
        await asyncio.wait_for(socket.wait_closed(), 5)
        return socket.close_code


@pytest.mark.parametrize(
    "frame",
    [
        "hello",
        "{",
        '{"type":"ping"',
        "[]",
        "null",
        "7",
        '"ping"',
        "{}",
        '{"type":7}',
        '{"type":null}',
        '{"type":"message.steal","room":1}',
        '{"type":"__class__"}',
        '{"type":""}',
        '{"ref":"1"}',
        "[" * 20_000,
        '{"type":' * 5_000,
        b"\x00\x01\x02",
        b'{"type":"ping"}',
    ],
)
async def test_what_is_no_command_closes_the_socket(stack: Stack, frame: str | bytes) -> None:
    assert await close_code_after(stack, frame) == 4400


async def test_a_frame_over_the_limit_closes_the_socket(stack: Stack) -> None:
    assert await close_code_after(stack, '{"type":"ping","ref":"' + "x" * 70_000 + '"}') == 1009


BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({"type": "room.open"}, "invalid"),
    ({"type": "room.open", "room": "1"}, "invalid"),
    ({"type": "room.open", "room": 0}, "invalid"),
    ({"type": "room.open", "room": -1}, "invalid"),
    ({"type": "room.open", "room": 1.5}, "invalid"),
    ({"type": "room.open", "room": True}, "invalid"),
    ({"type": "room.open", "room": None}, "invalid"),
    ({"type": "room.open", "room": 2**63}, "invalid"),
    ({"type": "room.open", "room": 10**30}, "invalid"),
    ({"type": "room.open", "room": [1]}, "invalid"),
    ({"type": "room.open", "room": 1, "extra": 1}, "invalid"),
    ({"type": "room.open", "room": 1, "since": 5}, "invalid"),
    ({"type": "room.open", "room": 1, "since": {"seq": 5}}, "invalid"),
    ({"type": "room.open", "room": 1, "since": {"epoch": "x", "seq": -5}}, "invalid"),
    ({"type": "room.open", "room": 1, "since": {"epoch": "x" * 65, "seq": 5}}, "invalid"),
    ({"type": "message.send", "room": 1, "key": "no", "body": "x"}, "invalid"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": 7}, "invalid"),
    ({"type": "message.send", "room": 1, "key": KEY}, "invalid"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": ""}, "message_empty"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": " \n\t "}, "message_empty"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": "x" * 8001}, "message_too_long"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": "a\x00b"}, "invalid_text"),
    ({"type": "message.send", "room": 1, "key": KEY, "body": "a\ud800b"}, "invalid_text"),
    ({"type": "message.edit", "message": 2**50, "body": "x"}, "not_found"),
    ({"type": "message.delete", "message": 2**50}, "not_found"),
    ({"type": "reaction.set", "message": 2**50, "emoji": "\N{THUMBS UP SIGN}", "on": True}, "not_found"),
    ({"type": "reaction.set", "message": 1, "emoji": "\N{THUMBS UP SIGN}", "on": "yes"}, "invalid"),
    ({"type": "reaction.set", "message": 1, "emoji": "", "on": True}, "invalid"),
    ({"type": "read.set", "room": 1, "number": -1}, "invalid"),
    ({"type": "typing.set", "room": 2**50}, "not_found"),
    ({"type": "room.join", "room": 2**50}, "not_found"),
    ({"type": "room.leave", "room": 2**50}, "not_found"),
    ({"type": "inbox.open", "since": {"epoch": 1, "seq": 1}}, "invalid"),
]


@pytest.mark.parametrize(("command", "code"), BAD_FIELDS, ids=lambda value: str(value)[:60])
async def test_a_bad_field_is_refused_by_a_stable_code_and_the_socket_lives_on(
    stack: Stack, crew: Crew, command: dict[str, Any], code: str
) -> None:
    assert stack.room("open") == 1
    mal = await crew.tab("mal", 1)
    with pytest.raises(Refused) as caught:
        await mal.ask(command)
    assert caught.value.code == code
    assert caught.value.detail
    assert (await mal.ask({"type": "ping"}))["type"] == "pong"
    assert mal.closes == []


async def test_a_hidden_room_answers_as_one_that_does_not_exist(stack: Stack, crew: Crew) -> None:
    hidden, unknown = stack.room("hidden"), 2**40
    ana, mal = await crew.tab("ana", hidden), await crew.tab("mal")
    row = await ana.outbox.send(hidden, "not for mal")
    for kind in ("room.open", "room.join", "room.leave", "typing.set"):
        assert await refused(mal, type=kind, room=hidden) == await refused(mal, type=kind, room=unknown)
    sends = [await refused(mal, type="message.send", room=room, key=KEY, body="x") for room in (hidden, unknown)]
    reads = [await refused(mal, type="read.set", room=room, number=1) for room in (hidden, unknown)]
    edits = [await refused(mal, type="message.edit", message=id, body="x") for id in (row.id, 2**50)]
    deletions = [await refused(mal, type="message.delete", message=id) for id in (row.id, 2**50)]
    for one, other in (sends, reads, edits, deletions):
        assert one == other
        assert one[0] == "not_found"
    for path in ("messages", "members"):
        answers = [
            await stack.site.call("GET", f"/api/rooms/{room}/{path}", account=mal.account) for room in (hidden, unknown)
        ]
        assert answers[0].status == answers[1].status == 404
        assert answers[0].body == answers[1].body


async def refused(tab: Tab, **command: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        await tab.ask(command)
    return caught.value.code, caught.value.detail


async def test_without_a_session_the_socket_is_told_to_sign_in(stack: Stack) -> None:
    for session in (None, "nonsense", "x" * 32):
        async with await raw(stack, session=session) as socket:
            with pytest.raises(ConnectionClosed):
                await asyncio.wait_for(socket.recv(), 5)
            assert socket.close_code == 4401


async def test_a_foreign_origin_is_turned_away(stack: Stack) -> None:
    for origin in ("https://evil.example", "null", "http://127.0.0.1.evil.example", "file:///etc/passwd"):
        with pytest.raises(InvalidStatus) as caught:
            await raw(stack, session=stack.account("mal").session, origin=origin)
        assert caught.value.response.status_code == 403


async def test_a_malformed_origin_is_turned_away(stack: Stack) -> None:
    with pytest.raises(InvalidStatus) as caught:
        await raw(stack, session=stack.account("mal").session, origin="http://127.0.0.1:80.evil.example")
    assert caught.value.response.status_code == 400


async def test_a_frame_before_the_hello_does_no_harm(stack: Stack) -> None:
    async with await raw(stack, session=stack.account("mal").session) as socket:
        await socket.send('{"type":"ping","ref":"early"}')
        first = json.loads(await asyncio.wait_for(socket.recv(), 5))
        assert first["type"] == "hello"


async def test_a_burst_of_bad_commands_leaves_others_undisturbed(stack: Stack, crew: Crew) -> None:
    room = stack.room("open")
    ana, mal = await crew.tab("ana", room), await crew.tab("mal", room)
    assert mal.wire is not None
    for n in range(500):
        mal.wire.send(json.dumps({"type": "room.open", "room": "bad", "ref": f"x{n}"}))
        mal.wire.send(json.dumps({"type": "message.send", "room": room, "key": KEY, "body": "\x00"}))
    row = await asyncio.wait_for(ana.outbox.send(room, "undisturbed"), 5)
    assert row.number >= 1
    assert (await mal.ask({"type": "ping"}))["type"] == "pong"


async def test_the_sign_in_form_opens_the_socket(stack: Stack, crew: Crew) -> None:
    answer = await stack.site.sign_in("ana", PASSWORD)
    assert answer.status == 302
    account = Account(stack.made.people["ana"], "ana", answer.cookies["sessionid"])
    async with await raw(stack, session=account.session) as socket:
        hello = json.loads(await asyncio.wait_for(socket.recv(), 5))
    assert hello["user"] == {"id": account.id, "name": "ana"}
