"""While nobody can say whether a session still stands, its socket is told nothing."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from threading import Event
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError

from chat.actions import accounts, people
from chat.handlers import arrival
from chat.models import Room, User
from chat.queries.identity import Identity, person_of
from tests.accounts.visitors import PASSWORD, make_account, sign_in
from tests.builders import join, make_person, make_room
from tests.consumers.test_socket import Socket, connected, opened, session_of

NEW = "an-otter-under-the-bridge"
NEWS = {"account.changed", "message.changed", "room.advanced", "membership.changed"}

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
    return make_account("ben")


@pytest.fixture
def room(ana: User, ben: User) -> Room:
    room = make_room(ana)
    join(ben, room)
    return room


async def say(socket: Socket, room: Room, body: str) -> None:
    reply = await socket.ask("message.send", room=room.pk, key=str(uuid4()), body=body)
    assert reply["ok"]


@dataclass(frozen=True)
class Way:
    """Something that ends the session of somebody, and the close code that says so."""

    act: Callable[[User, str], object]
    code: int


def sign_out(ben: User, session: str) -> None:
    accounts.end_session(user_id=ben.pk, session_key=session)


def choose_password(ben: User, session: str) -> None:
    """In another browser of theirs."""
    new = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert sign_in("ben").post("/accounts/password/change/", new).status_code == 302


def give_password(ben: User, session: str) -> None:
    people.set_password(person_id=make_person("root", staff=True).pk, user_id=ben.pk, password="another one")


def deactivate(ben: User, session: str) -> None:
    accounts.set_active(person_id=make_person("root", staff=True).pk, user_id=ben.pk, active=False)


def ban(ben: User, session: str) -> None:
    accounts.ban(person_id=make_person("root", staff=True).pk, user_id=ben.pk, reason="they know why")


WAYS = {
    "sign-out": Way(sign_out, code=4401),
    "own-password": Way(choose_password, code=4401),
    "given-password": Way(give_password, code=4401),
    "deactivation": Way(deactivate, code=4403),
    "ban": Way(ban, code=4403),
}


@asynccontextmanager
async def revoked_before_it_is_judged(
    way: Way, judge: Judge, ana: User, ben: User, room: Room
) -> AsyncIterator[list[Socket]]:
    """Two sockets of ben's, of which the session of the first ended.

    Before anybody judged them ana said "secret", and more in a room that they have only joined, and ben joined a third.
    """
    joined, third = await sync_to_async(rooms_of)(ana, ben)
    keys = [await sync_to_async(session_of)(ben) for _ in range(2)]
    async with connected(ben, session=keys[0]) as gone, connected(ben, session=keys[1]) as stays, connected(ana) as a:
        for socket in (gone, stays, a):
            await opened(socket, room)
        await sync_to_async(way.act)(ben, keys[0])
        assert await sync_to_async(judge.asked.wait)(5)
        await say(a, room, "secret")
        await say(a, joined, "more of it")
        await sync_to_async(join)(ben, third)
        yield [gone, stays]


def rooms_of(ana: User, ben: User) -> tuple[Room, Room]:
    """One that ben has joined, and one that they have not."""
    joined = make_room(ana, "joined")
    join(ben, joined)
    return joined, make_room(ana, "third", kind=Room.Kind.PRIVATE)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
async def test_nothing_that_follows_a_revocation_reaches_its_socket(
    way: Way, judge: Judge, ana: User, ben: User, room: Room
) -> None:
    async with revoked_before_it_is_judged(way, judge, ana, ben, room) as [gone, _]:
        judge.may_answer.set()
        code, frames = await rest(gone)
    assert code == way.code
    assert NEWS.isdisjoint(frames)


async def test_a_socket_that_may_stay_gets_all_of_it_in_order(judge: Judge, ana: User, ben: User, room: Room) -> None:
    async with revoked_before_it_is_judged(WAYS["sign-out"], judge, ana, ben, room) as [_, stays]:
        while not await stays.wire.receive_nothing(timeout=0.1):
            # It was on its way when they were held.
            assert (await stays.frame())["type"] == "presence.changed"
        judge.may_answer.set()
        told: list[object] = []
        while set(told) != NEWS:
            told.append((await stays.frame())["type"])
            # Who is there is told whenever it is known.
            told = [each for each in told if each != "presence.changed"]
            assert set(told) <= NEWS
        assert told[0] == "account.changed"
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
