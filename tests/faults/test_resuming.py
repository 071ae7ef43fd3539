"""A snapshot and the live changes after it fit together without a gap and without an overlap."""

import asyncio
from itertools import count

import pytest

from chaos.clients.load import Load
from chaos.clients.tab import Tab
from chaos.oracle.history import Change, History, Marked
from chaos.quiet import converged, judged
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks

PEOPLE = ["ana", "ben", "cy", "dee"]
ROOMS = ["race", "away", "far", "paged", "doors"]
SPAN, PAGE = 300, 40


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    plan = Plan(people=PEOPLE, rooms=dict.fromkeys(ROOMS, PEOPLE))
    return stacks.start(plan, {"LIMIT_CATCH_UP_SPAN": str(SPAN), "LIMIT_CATCH_UP_ROWS": str(PAGE)})


async def test_five_hundred_openings_and_resumes_while_messages_flow(
    stack: Stack, crew: Crew, history: History
) -> None:
    room = stack.room("race")
    talkers = await asyncio.gather(*(crew.tab(name, room, label=f"{name}/talks") for name in PEOPLE))
    visitors = await asyncio.gather(*(crew.tab(name, label=f"{name}/{n}") for name in PEOPLE for n in range(2)))
    everyone = [*talkers, *visitors]
    await stack.spread_out(everyone)
    turns = count()
    async with Load(talkers, [room], rate=80, seed=6):
        await asyncio.gather(*(come_and_go(visitor, room, turns, 500) for visitor in visitors))
    for visitor in visitors:
        await visitor.open(room)
    await converged(stack, everyone, within=20)
    report = judged(stack, history, [room])
    report.assert_clean(acked=100)
    assert report.left >= 125
    opened = [mark for mark in history.events if isinstance(mark, Marked) and mark.change is not Change.AWAY]
    assert len(opened) >= 500
    assert history.repeats == 0


async def come_and_go(tab: Tab, room: int, turns: "count[int]", until: int) -> None:
    """Open, look for a moment, and leave: by losing the connection, by looking away, or for good."""
    while (turn := next(turns)) < until:
        await tab.open(room)
        await asyncio.sleep(0.01 * (turn % 5))
        if turn % 3 == 0:
            await tab.drop()
            tab.hurry()
        elif turn % 3 == 1:
            await tab.hide(room)
        else:
            await tab.forget(room)


async def test_edits_deletions_and_reactions_made_while_away_arrive_on_resume(
    stack: Stack, crew: Crew, history: History
) -> None:
    room = stack.room("away")
    ana, ben, cy = [await crew.tab(name, room) for name in ("ana", "ben", "cy")]
    first = [await ana.outbox.send(room, f"draft {n}") for n in range(10)]
    await converged(stack, [ben], within=20)
    await ben.stop()
    await ana.outbox.edit(first[0].id, "final")
    await ana.outbox.delete(first[1].id)
    await cy.outbox.react(first[2].id, "\N{THUMBS UP SIGN}")
    await cy.outbox.react(first[3].id, "\N{PARTY POPPER}")
    await cy.outbox.react(first[3].id, "\N{PARTY POPPER}", on=False)
    last = await cy.outbox.send(room, "new")
    await ana.outbox.edit(first[0].id, "final, again")
    await ben.start()
    await converged(stack, crew.tabs, within=20)
    shown = ben.rooms[room].messages
    assert shown[first[0].id]["body"] == "final, again"
    assert shown[first[1].id]["deleted"]
    assert shown[first[1].id]["body"] == ""
    assert [reaction["people"] for reaction in shown[first[2].id]["reactions"]] == [[person(cy)]]
    assert shown[first[3].id]["reactions"] == []
    assert last.id in shown
    assert ben.rooms[room].resets == 0
    judged(stack, history, [room]).assert_clean(acked=11)


async def test_who_was_away_too_long_is_told_to_start_over(stack: Stack, crew: Crew, history: History) -> None:
    room = stack.room("far")
    ana, ben = await crew.tab("ana", room), await crew.tab("ben", room)
    early = await ana.outbox.send(room, "early")
    await converged(stack, [ben], within=20)
    await ben.stop()
    rows = [await ana.outbox.send(room, f"while away {n}") for n in range(SPAN + 50)]
    await ana.outbox.edit(rows[-2].id, "edited while away")
    await ana.outbox.delete(rows[-3].id)
    await ben.start()
    await converged(stack, crew.tabs, within=20)
    timeline = ben.rooms[room]
    assert timeline.resets == 1
    assert early.id not in timeline.rows
    assert timeline.messages[rows[-2].id]["body"] == "edited while away"
    assert timeline.messages[rows[-3].id]["deleted"]
    after = await ana.outbox.send(room, "live again")
    await converged(stack, crew.tabs, within=20)
    assert after.id in timeline.rows
    judged(stack, history, [room]).assert_clean(acked=SPAN + 52)


async def test_a_long_absence_is_caught_up_page_by_page(stack: Stack, crew: Crew, history: History) -> None:
    room = stack.room("paged")
    ana, ben = await crew.tab("ana", room), await crew.tab("ben", room)
    await ben.stop()
    for n in range(PAGE * 4 + 3):
        await ana.outbox.send(room, f"page after page {n}")
    async with Load([ana], [room], seed=7):
        await ben.start()
        await ben.open(room)
    await converged(stack, crew.tabs, within=20)
    assert ben.rooms[room].resets == 0
    judged(stack, history, [room]).assert_clean(acked=PAGE * 4 + 3)


async def test_history_over_http_is_the_same_as_what_was_shown(stack: Stack, crew: Crew) -> None:
    room = stack.room("doors")
    ana, ben = await crew.tab("ana", room), await crew.tab("ben", room)
    for n in range(120):
        await ana.outbox.send(room, f"line {n}")
    await converged(stack, [ana, ben], within=20)
    fetched = await stack.site.history(ben.account, room)
    shown = sorted(ben.rooms[room].messages.values(), key=lambda message: message["number"])
    assert [message["number"] for message in fetched] == list(range(1, 121))
    assert fetched == shown


def person(tab: Tab) -> dict[str, object]:
    return {"id": tab.account.id, "name": tab.account.name}
