"""A key stands for one message, however often and wherever it is submitted."""

import asyncio

import pytest

from chaos.clients.wire import Refused
from chaos.oracle.history import History, body_hash
from chaos.quiet import converged, judged
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    rooms = {"retries": ["ana", "ben"], "elsewhere": ["ana", "ben"]}
    return stacks.start(Plan(people=["ana", "ben"], rooms=rooms))


async def test_ten_submissions_at_once_over_both_workers_make_one_message(
    stack: Stack, crew: Crew, history: History
) -> None:
    room = stack.room("retries")
    tabs = await asyncio.gather(*(crew.tab("ana", room, label=f"ana/{n}", session=n % 2) for n in range(10)))
    await stack.spread_out(tabs)
    for turn in range(20):
        key = tabs[0].outbox.new_key()
        rows = await asyncio.gather(*(tab.outbox.attempt(room, f"turn {turn}", key=key) for tab in tabs))
        assert len({(row.id, row.number, row.seq) for row in rows}) == 1
    await converged(stack, tabs, within=20)
    report = judged(stack, history, [room])
    report.assert_clean(acked=20)
    assert len([row for row in stack.database.rows() if row.room == room]) == 20


async def test_a_key_with_another_body_or_room_is_a_conflict(stack: Stack, crew: Crew) -> None:
    room, elsewhere = stack.room("retries"), stack.room("elsewhere")
    tabs = await asyncio.gather(*(crew.tab("ana", room, label=f"ana/{n}") for n in range(6)))
    await stack.spread_out(tabs)
    key = tabs[0].outbox.new_key()
    stored = await tabs[0].outbox.attempt(room, "the one", key=key)
    for tab in tabs:
        with pytest.raises(Refused, match="key_conflict"):
            await tab.outbox.attempt(room, "another", key=key)
        with pytest.raises(Refused, match="key_conflict"):
            await tab.outbox.attempt(elsewhere, "the one", key=key)
        assert await tab.outbox.attempt(room, "the one", key=key) == stored
    rows = [row for row in stack.database.rows() if row.key == key]
    assert [row.body for row in rows] == [body_hash("the one")]


async def test_the_same_key_of_two_people_makes_two_messages(stack: Stack, crew: Crew) -> None:
    room = stack.room("elsewhere")
    ana, ben = await crew.tab("ana", room), await crew.tab("ben", room)
    key = ana.outbox.new_key()
    one, two = await asyncio.gather(
        ana.outbox.attempt(room, "mine", key=key), ben.outbox.attempt(room, "mine too", key=key)
    )
    assert one.id != two.id


async def test_different_bodies_under_one_key_at_once_leave_one_message_and_tell_the_others(
    stack: Stack, crew: Crew
) -> None:
    room = stack.room("elsewhere")
    tabs = await asyncio.gather(*(crew.tab("ben", room, label=f"ben/{n}") for n in range(6)))
    await stack.spread_out(tabs)
    key = tabs[0].outbox.new_key()
    answers = await asyncio.gather(
        *(tab.outbox.attempt(room, f"version {n}", key=key) for n, tab in enumerate(tabs)), return_exceptions=True
    )
    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refusals] == ["key_conflict"] * 5
    assert len([row for row in stack.database.rows() if row.key == key]) == 1
