"""While nobody can say whether a session still stands, its socket is told nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from chat.actions import accounts
from chat.handlers import arrival
from chat.models import Room, User
from chat.queries.identity import Identity, person_of
from tests.builders import join, make_person, make_room
from tests.consumers.test_socket import Socket, connected, opened, session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


class Judge:
    """Says nothing about a session until it is allowed to."""

    def __init__(self) -> None:
        self.asked, self.may_answer = Event(), Event()

    def __call__(self, session_key: str) -> Identity | None:
        self.asked.set()
        assert self.may_answer.wait(10)
        return person_of(session_key)


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Judge:
    judge = Judge()
    monkeypatch.setattr(arrival, "person_of", judge)
    return judge


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


async def say(socket: Socket, room: Room, body: str) -> None:
    reply = await socket.ask("message.send", room=room.pk, key=str(uuid4()), body=body)
    assert reply["ok"]


@asynccontextmanager
async def signed_out_before_it_is_judged(judge: Judge, ana: User, ben: User, room: Room) -> AsyncIterator[list[Socket]]:
    """Two sockets of ben's, the first of a session that ended; ana said "secret" before anybody judged them."""
    keys = [await sync_to_async(session_of)(ben) for _ in range(2)]
    async with connected(ben, session=keys[0]) as gone, connected(ben, session=keys[1]) as stays, connected(ana) as a:
        for socket in (gone, stays):
            await opened(socket, room)
        await sync_to_async(accounts.end_session)(user_id=ben.pk, session_key=keys[0])
        assert await sync_to_async(judge.asked.wait)(5)
        await say(a, room, "secret")
        yield [gone, stays]


async def test_nothing_that_follows_a_sign_out_reaches_its_socket(
    judge: Judge, ana: User, ben: User, room: Room
) -> None:
    async with signed_out_before_it_is_judged(judge, ana, ben, room) as [gone, _]:
        judge.may_answer.set()
        code, frames = await rest(gone)
    assert code == 4401
    assert "message.changed" not in frames


async def test_a_socket_that_may_stay_gets_all_of_it_in_order(judge: Judge, ana: User, ben: User, room: Room) -> None:
    async with signed_out_before_it_is_judged(judge, ana, ben, room) as [_, stays]:
        assert await stays.wire.receive_nothing(timeout=0.1)
        judge.may_answer.set()
        frames = [await stays.frame() for _ in range(2)]
        assert {each["type"] for each in frames} == {"account.changed", "message.changed"}
        await say(stays, room, "still here")
        assert (await stays.event("message.changed"))["message"]["body"] == "still here"


async def test_where_the_database_cannot_say_the_socket_has_to_come_back(
    ana: User, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(session_key: str) -> Identity | None:
        raise DatabaseError("gone")

    monkeypatch.setattr(arrival, "person_of", away)
    async with connected(ana) as socket:
        await opened(socket, room)
        await sync_to_async(accounts.recheck)(user_id=ana.pk)
        code, _ = await rest(socket)
    assert code == 3000  # 1012, on a server that is not ours


async def rest(socket: Socket) -> tuple[int, list[str]]:
    """How the socket is closed, and what came before."""
    frames: list[str] = []
    while True:
        output = await socket.wire.receive_output(timeout=3)
        if output["type"] == "websocket.close":
            return int(output["code"]), frames
        frames.append(str(output["text"]).split('"')[3])
