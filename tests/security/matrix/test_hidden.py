"""Whatever is asked of a room or message that one may not know of, the answer is that of one that does not exist."""

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat import access, runtime
from chat.api.root import api
from chat.delivery.change import StreamKey
from chat.errors import NotFound
from chat.limits import Limits
from chat.queries import opening
from chat.reader import Reader
from tests.builders import make_person, make_room
from tests.consumers.test_socket import Socket, connected, opened
from tests.protocol.vocabulary import COMMANDS
from tests.security.matrix.hidden import WAYS, Hidden, make_hidden

KEY = "6f1c2a34-8d4e-4c9a-9b65-0d7f1b2e3c4d"
# What the fields are given that name neither a room nor a message.
FIELDS: dict[str, list[Any]] = {
    "key": [KEY],
    "body": ["hello", " ", "x" * 9000],
    "emoji": ["👍", "no emoji"],
    "on": [True, False],
    "number": [0, 1, 10**9],
    "since": [None, {"epoch": "another", "seq": 1}],
}
NAMING = sorted(name for name, command in COMMANDS.items() if {"room", "message"} & command.model_fields.keys())
# Leaving again changes nothing, and says so to who left.
THEIR_OWN = {("left", "room.leave")}
BODIES: dict[str, list[bytes]] = {
    "PATCH": [b'{"topic": "x"}', b'{"archived": true}', b'{"name": " "}', b"{}", b"nonsense"],
    "POST": [b'{"username": "founder"}', b'{"username": "nobody"}', b"{}"],
    "DELETE": [b""],
    "GET": [b""],
}
QUERIES = ["", "?before=1", "?after=0", "?around=1", "?limit=1", "?before=1&after=1"]


def operations() -> list[tuple[str, str]]:
    """Those of the API that name a room or a message."""
    paths = api.get_openapi_schema(path_prefix="/api/")["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods if "{" in path]


def commands(name: str, names: Hidden) -> Iterator[dict[str, Any]]:
    """A command of this type in every way of filling in its fields."""
    fields = COMMANDS[name].model_fields.keys() - {"type", "ref"}
    own = {"room": [names.room], "message": [names.message]}
    for values in product(*((own | FIELDS)[field] for field in sorted(fields))):
        yield dict(zip(sorted(fields), values, strict=True))


async def answers(socket: Socket, name: str, names: Hidden) -> list[dict[str, Any]]:
    """The whole replies, but for what tells them apart, and that nothing else came."""
    found = []
    for fields in commands(name, names):
        reply = await socket.ask(name, **fields)
        found.append({field: value for field, value in reply.items() if field != "ref"})
    assert socket.events == []
    return found


def host(live: runtime.Runtime, hidden: Hidden) -> None:
    """As where somebody who may read the room is connected to the same worker."""
    live.hub.host(StreamKey("room", hidden.room), head=1)


async def pipelined(socket: Socket, names: Hidden, since: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The answers in the order in which they come, to commands that wait for none."""
    asked: list[dict[str, Any]] = [
        {"type": "room.open", "since": since},
        {"type": "typing.set"},
        {"type": "room.open"},
        {"type": "room.close"},
        {"type": "typing.set"},
    ]
    for ref, command in enumerate(asked):
        await socket.wire.send_to(text_data=json.dumps({**command, "room": names.room, "ref": str(ref)}))
    answers: list[dict[str, Any]] = []
    while len(answers) < len(asked):
        frame = await socket.frame()
        if frame["type"] == "reply":
            answers.append(frame)
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("full", [False, True], ids=["", "full"])
@pytest.mark.parametrize("since", [False, True], ids=["", "since"])
@pytest.mark.parametrize("hosted", [False, True], ids=["cold", "hosted"])
@pytest.mark.parametrize("way", WAYS)
async def test_no_commands_at_once_tell_a_hidden_room_from_none(
    live: runtime.Runtime, settings: Any, way: str, hosted: bool, since: bool, full: bool
) -> None:
    settings.LIMITS = Limits(open_rooms=1)
    hidden = await sync_to_async(make_hidden)(way)
    own = await sync_to_async(make_room)(hidden.person, "own")
    if hosted:
        host(live, hidden)
    async with connected(hidden.person) as socket:
        epoch = (await socket.event("hello"))["epoch"]
        if full:
            await opened(socket, own)
        cursor = {"epoch": epoch, "seq": 1} if since else None
        found = await pipelined(socket, hidden, cursor)
        assert found == await pipelined(socket, hidden.unknown, cursor)
    refused = {"too_many_rooms", "not_found"} if full else {"not_found"}
    assert {each["error"]["code"] for each in found if not each["ok"]} == refused


@pytest.fixture
def reads(live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch) -> list[Callable[..., Any]]:
    """What opening rooms asks the database from now on."""
    found: list[Callable[..., Any]] = []

    def noting(reader: Reader) -> Callable[..., Any]:
        read = reader.run

        async def run(query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            if query in (access.room_for, opening.newest, opening.messages_since, opening.memberships_of):
                found.append(query)
            return await read(query, *args, **kwargs)

        return run

    for reader in (live.reader, live.catching_up):
        monkeypatch.setattr(reader, "run", noting(reader))
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("since", [False, True], ids=["", "since"])
@pytest.mark.parametrize("way", WAYS)
async def test_opening_a_hidden_room_that_is_hosted_reads_what_opening_none_does(
    live: runtime.Runtime, reads: list[Callable[..., Any]], way: str, since: bool
) -> None:
    hidden = await sync_to_async(make_hidden)(way)
    host(live, hidden)
    async with connected(hidden.person) as socket:
        epoch = (await socket.event("hello"))["epoch"]
        for names in (hidden, hidden.unknown):
            await socket.ask("room.open", room=names.room, since={"epoch": epoch, "seq": 1} if since else None)
    assert reads == [access.room_for, access.room_for]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("live")
async def test_a_member_who_resumes_asks_only_whether_they_still_are_one(reads: list[Callable[..., Any]]) -> None:
    person = await sync_to_async(make_person)("person")
    room = await sync_to_async(make_room)(person)
    async with connected(person) as first, connected(person) as second:
        at = await opened(first, room)
        await second.event("hello")
        reads.clear()
        await opened(second, room, since={"epoch": at["epoch"], "seq": at["head"]})
    assert reads == [opening.memberships_of]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hosted", [False, True], ids=["cold", "hosted"])
@pytest.mark.parametrize("way", WAYS)
async def test_no_command_tells_a_hidden_room_from_none(live: runtime.Runtime, way: str, hosted: bool) -> None:
    hidden = await sync_to_async(make_hidden)(way)
    if hosted:
        host(live, hidden)
    async with connected(hidden.person) as socket:
        await socket.event("hello")
        for name in NAMING:
            if (way, name) in THEIR_OWN:
                continue
            assert await answers(socket, name, hidden) == await answers(socket, name, hidden.unknown), name


@pytest.mark.django_db
@pytest.mark.urls("chatproject.urls")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_tells_a_hidden_room_from_none(way: str, method: str, path: str) -> None:
    hidden = make_hidden(way)
    client = Client()
    client.force_login(hidden.person)

    def asked(names: Hidden, query: str, body: bytes) -> tuple[int, bytes, dict[str, str], int]:
        address = path.format(room_id=names.room, user_id=names.member)
        with CaptureQueriesContext(connection) as queries:
            answer = client.generic(method, address + query, body, content_type="application/json")
        # As many, so that the time does not tell either.
        return answer.status_code, answer.content, dict(answer.headers), len(queries)

    for query, body in product(QUERIES, BODIES[method]):
        found = asked(hidden, query, body)
        assert found == asked(hidden.unknown, query, body)
        assert json.loads(found[1])["error"]["code"] in ("not_found", "invalid")


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lock", [False, True])
def test_looking_for_a_hidden_room_or_message_takes_as_many_queries_as_for_none(way: str, lock: bool) -> None:
    hidden = make_hidden(way)

    def work(look: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound):
            look()
        return len(queries)

    def rooms(names: Hidden) -> int:
        return work(lambda: access.room_for(hidden.person.pk, names.room, lock=lock))

    def messages(names: Hidden) -> int:
        return work(lambda: access.message_for(hidden.person.pk, names.message))

    assert rooms(hidden) == rooms(hidden.unknown)
    assert messages(hidden) == messages(hidden.unknown)


def test_every_field_is_filled_in() -> None:
    named = set().union(*(COMMANDS[name].model_fields for name in NAMING)) - {"type", "ref", "room", "message"}
    assert named == FIELDS.keys()
    assert set(COMMANDS) - set(NAMING) == {"inbox.open", "ping"}
