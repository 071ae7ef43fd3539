"""A backup put back while workers run and clients remember more than it holds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.clients.tab import Tab
from chaos.oracle.history import History
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.stacks import Stacks
from tests.waiting import until

PEOPLE = ["ana", "ben", "cy", "dan"]

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


@pytest.fixture
def stacks(tmp_path: Path) -> Iterator[Stacks]:
    stacks = Stacks(tmp_path)
    yield stacks
    stacks.stop()


@pytest.fixture
def stack(stacks: Stacks) -> Stack:
    return stacks.start(Plan(people=PEOPLE, rooms={"here": PEOPLE}))


@pytest_asyncio.fixture
async def tabs(stack: Stack) -> AsyncIterator[list[Tab]]:
    """One of each person, some on either worker."""
    tabs = [stack.tab(name, history=History(), seed="restored") for name in PEOPLE]
    for tab in tabs:
        await tab.start()
        await tab.open(stack.room("here"))
    await stack.spread_out(tabs, least=1)
    yield tabs
    for tab in tabs:
        await tab.stop()


async def test_clients_load_anew_and_everybody_goes_on(stack: Stack, tabs: list[Tab]) -> None:
    room = stack.room("here")
    for number in range(20):
        await tabs[number % 4].outbox.send(room, f"message {number + 1}")
    await until(lambda: all(shown(tab, room) == list(range(1, 21)) for tab in tabs))
    await asyncio.to_thread(rewind, stack, room, 12)

    told = await stack.manage("renew_epoch")
    assert "follow within 5 seconds" in told
    await until(lambda: all(shown(tab, room) == list(range(1, 13)) for tab in tabs), within=30)
    assert all(tab.closes[-1].code == 1012 for tab in tabs)
    assert stack.log().count("every client loads anew") == 2

    for number in range(12, 20):
        await tabs[number % 4].outbox.send(room, f"again {number + 1}")
    await until(lambda: all(shown(tab, room) == list(range(1, 21)) for tab in tabs))
    assert all(body(tab, room, 13) == "again 13" for tab in tabs)


def shown(tab: Tab, room: int) -> list[int]:
    return sorted(row.number for row in tab.rooms[room].rows.values())


def body(tab: Tab, room: int, number: int) -> object:
    return next(each["body"] for each in tab.rooms[room].messages.values() if each["number"] == number)


def rewind(stack: Stack, room: int, number: int) -> None:
    """Make the database what it was when this was the newest message, under the workers' feet."""
    stack.database.alter(
        f"DELETE FROM chat_message WHERE room_id = {room} AND number > {number}",
        f"UPDATE chat_room SET message_count = {number},"
        f" head = (SELECT max(seq) FROM chat_message WHERE room_id = {room}) WHERE id = {room}",
    )
