"""What one person writes holds up nobody else: it is rendered neither on the event loop nor in a transaction."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat import markup
from chat.models import Message, Room, User
from tests.builders import join, make_person, make_room, say
from tests.consumers.test_socket import connected
from tests.markup.worst import WORST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

LONG = "*a* " * 1000 + "."


@dataclass(frozen=True)
class Rendered:
    """One call of `render`: of how much, in which thread, and whether a transaction was open there."""

    length: int
    thread: str
    in_transaction: bool


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[Rendered]:
    calls: list[Rendered] = []
    render = markup.render

    def noted(body: str) -> str:
        calls.append(Rendered(len(body), threading.current_thread().name, connection.in_atomic_block))
        return render(body)

    monkeypatch.setattr(markup, "render", noted)
    return calls


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The long body is not rendered until this is set."""
    go_on, render = threading.Event(), markup.render

    def waits(body: str) -> str:
        if body == LONG:
            assert threading.current_thread() is not threading.main_thread(), "rendered on the event loop"
            go_on.wait(30)
        return render(body)

    monkeypatch.setattr(markup, "render", waits)
    yield go_on
    go_on.set()


@pytest.fixture
def people() -> tuple[User, User]:
    return make_person("ana"), make_person("ben")


@pytest.fixture
def room(people: tuple[User, User]) -> Room:
    room = make_room(people[0])
    join(people[1], room)
    return room


async def test_the_worst_messages_are_rendered_beside_the_loop_and_before_the_transaction(people, room, rendered):
    ana, _ = people
    async with connected(ana) as a:
        reply = await a.ask("message.send", room=room.pk, key=str(uuid4()), body=WORST[0])
        assert reply["ok"], reply
        for body in WORST[1:]:
            reply = await a.ask("message.edit", message=reply["data"]["message"]["id"], body=body)
            assert reply["ok"], reply
    assert [each.length for each in rendered] == [len(body) for body in WORST]
    assert {each.in_transaction for each in rendered} == {False}
    assert {each.thread for each in rendered} == {"composer_0"}


async def test_a_short_message_waits_for_no_other_thread(people, room, rendered):
    ana, _ = people
    async with connected(ana) as a:
        reply = await a.ask("message.send", room=room.pk, key=str(uuid4()), body="a *short* one")
        reply = await a.ask("message.edit", message=reply["data"]["message"]["id"], body="a `shorter` one")
        assert reply["ok"], reply
    assert {each.thread for each in rendered} == {threading.main_thread().name}
    assert {each.in_transaction for each in rendered} == {False}


async def test_another_persons_messages_are_acknowledged_while_an_edit_is_rendered(people, room, held):
    ana, ben = people
    mine = await sync_to_async(say)(ana, room)
    async with connected(ana) as a, connected(ben) as b:
        edit = asyncio.create_task(a.ask("message.edit", message=mine.id, body=LONG))
        for number in range(3):
            assert (await b.ask("message.send", room=room.pk, key=str(uuid4()), body=f"number {number}"))["ok"]
        assert not edit.done()
        held.set()
        assert (await edit)["data"]["message"]["body"] == LONG


async def test_messages_of_one_socket_keep_their_order_though_the_first_takes_long_to_render(people, room, held):
    ana, ben = people
    bodies = [LONG, "two", "*three*", "```py\nfour\n```", LONG, "six"]
    async with connected(ana) as a, connected(ben) as b:
        for place, body in enumerate(bodies):
            send = {"type": "message.send", "ref": str(place), "room": room.pk, "key": str(uuid4()), "body": body}
            await a.wire.send_json_to(send)
        assert (await b.ask("message.send", room=room.pk, key=str(uuid4()), body="before all of them"))["ok"]
        held.set()
        replies = [await a.event("reply") for _ in bodies]
    assert [each["ok"] for each in replies] == [True] * len(bodies)
    stored = await sync_to_async(lambda: [row.body for row in Message.objects.order_by("number")])()
    assert stored == ["before all of them", *bodies]
