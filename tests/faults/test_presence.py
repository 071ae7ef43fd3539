"""What is not kept: who is here, who types. And what is kept for oneself: what one has read, on all one's tabs."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from chaos.clients.tab import Tab
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks

PEOPLE = ["ana", "ben", "cy", "dee"]


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    return stacks.start(Plan(people=PEOPLE, rooms={"hall": PEOPLE, "quiet": PEOPLE, "side": PEOPLE}))


async def becomes(value: Callable[[], object], expected: object, *, within: float) -> None:
    """Wait until the value is as expected; raises AssertionError with the value it has instead."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while value() != expected:
                await asyncio.sleep(0.05)
    assert value() == expected


async def test_two_tabs_of_a_person_count_once_across_workers(stack: Stack, crew: Crew) -> None:
    hall = stack.room("hall")
    one, two = stack.workers()
    watcher = await crew.tab("ana", hall)
    tabs = [await crew.tab("ben", hall, label=f"ben/{n}") for n in range(2)]
    await stack.put(tabs[0], one)
    await stack.put(tabs[1], two)
    await becomes(lambda: watcher.presence[hall], ["ana", "ben"], within=10)
    await tabs[0].stop()
    await asyncio.sleep(3)
    assert watcher.presence[hall] == ["ana", "ben"], watcher.presence[hall]
    await tabs[1].stop()
    await becomes(lambda: watcher.presence[hall], ["ana"], within=10)


async def test_typing_arrives_across_workers_and_ends_with_the_message(stack: Stack, crew: Crew) -> None:
    hall = stack.room("hall")
    one, two = stack.workers()
    ana, ben = await crew.tab("ana", hall), await crew.tab("ben", hall)
    await stack.put(ana, one)
    await stack.put(ben, two)
    await asyncio.gather(ana.open(hall), ben.open(hall))
    await ana.ask({"type": "typing.set", "room": hall})
    await becomes(lambda: ben.typing[hall], ["ana"], within=3)
    await ana.outbox.send(hall, "there")
    await becomes(lambda: ben.typing[hall], [], within=3)
    await ana.ask({"type": "typing.set", "room": hall})
    await becomes(lambda: ben.typing[hall], ["ana"], within=3)
    await becomes(lambda: ben.typing[hall], [], within=10)


async def test_unread_counts_and_read_markers_move_on_every_tab(stack: Stack, crew: Crew) -> None:
    quiet = stack.room("quiet")
    one, two = stack.workers()
    sender = await crew.tab("ana", quiet)
    tabs = [await crew.tab("ben", label=f"ben/{n}", session=n) for n in range(2)]
    await stack.put(tabs[0], one)
    await stack.put(tabs[1], two)
    before = tabs[0].inbox.memberships[quiet]["last_read_number"]
    rows = [await sender.outbox.send(quiet, f"news {n}") for n in range(3)]
    newest = rows[-1].number
    for tab in tabs:
        await becomes(partial(count_of, tab, quiet), newest, within=5)
    await tabs[0].ask({"type": "read.set", "room": quiet, "number": newest})
    for tab in tabs:
        await becomes(partial(read_by, tab, quiet), newest, within=5)
        assert tab.inbox.memberships[quiet]["unread"] == 0
    assert newest == before + 3
    later = await crew.tab("ben", label="ben/later")
    assert later.inbox.memberships[quiet]["last_read_number"] == newest


async def test_the_people_of_a_killed_worker_vanish(stack: Stack, crew: Crew) -> None:
    side = stack.room("side")
    one, two = stack.workers()
    watcher = await crew.tab("ana", side)
    await stack.put(watcher, one)
    gone = await crew.tab("dee", side)
    await stack.put(gone, two)
    await becomes(lambda: watcher.presence[side], ["ana", "dee"], within=10)
    stack.kill_worker(two)
    await gone.stop()
    await becomes(lambda: watcher.presence[side], ["ana"], within=45)
    await stack.until_served()


def count_of(tab: Tab, room: int) -> int:
    news = tab.advanced.get(room)
    return news["message_count"] if news else 0


def read_by(tab: Tab, room: int) -> int:
    number: int = tab.inbox.memberships[room]["last_read_number"]
    return number
