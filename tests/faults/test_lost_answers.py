"""The answer to a COMMIT is lost: what was committed is told all the same, in a room where nothing comes after it."""

from collections.abc import Awaitable, Callable

import pytest

from chaos.clients.tab import Tab
from chaos.oracle.history import History
from chaos.quiet import judged
from chaos.sabotage.answers import LOSE
from chaos.sabotage.orders import Orders
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks
from tests.waiting import until

# The slow poll of the heads would find it, too, after up to fifteen seconds.
PROMPTLY = 3.0
ROUNDS = 3


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    rooms = {slug: ["ana", "ben"] for slug in ("sends", "changes", "members")}
    rooms |= {f"put-out-{n}": ["ana", "ben"] for n in range(ROUNDS)}
    return stacks.start(Plan(people=["ana", "ben", "eve"], rooms=rooms), sabotage=True)


async def on_both_workers(stack: Stack, crew: Crew, *rooms: int) -> tuple[Tab, Tab]:
    ana, ben = await crew.tab("ana", *rooms), await crew.tab("ben", *rooms)
    for tab, worker in zip((ana, ben), stack.workers(), strict=True):
        await stack.put(tab, worker)
    for room in rooms:
        await level(stack, room, ana, ben)
    return ana, ben


async def without_an_answer(stack: Stack, deed: Callable[[], Awaitable[object]]) -> None:
    """Do something of which the server commits all and hears nothing."""
    orders = Orders(stack.directory)
    orders.give(LOSE)
    await deed()
    assert orders.value(LOSE) is None


async def level(stack: Stack, room: int, *tabs: Tab) -> None:
    [[head]] = stack.database.select(f"SELECT head FROM chat_room WHERE id = {room}")
    await until(lambda: all(tab.rooms[room].mine == head for tab in tabs), within=PROMPTLY)


async def test_a_message_is_shown_soon_on_both_workers(stack: Stack, crew: Crew, history: History) -> None:
    room = stack.room("sends")
    ana, ben = await on_both_workers(stack, crew, room)
    for turn, tab in enumerate([ana, ben] * ROUNDS):
        await without_an_answer(stack, lambda t=tab, n=turn: t.outbox.send(room, f"turn {n}"))  # type: ignore[misc]
        await level(stack, room, ana, ben)
    judged(stack, history, [room]).assert_clean(acked=2 * ROUNDS)


async def test_edits_and_reactions_are_shown_soon_on_both_workers(stack: Stack, crew: Crew) -> None:
    room = stack.room("changes")
    ana, ben = await on_both_workers(stack, crew, room)
    message = (await ana.outbox.send(room, "first")).id
    await level(stack, room, ana, ben)
    for turn in range(ROUNDS):
        body, on = f"version {turn}", turn % 2 == 0
        await without_an_answer(stack, lambda b=body: ana.outbox.edit(message, b))  # type: ignore[misc]
        await level(stack, room, ana, ben)
        await without_an_answer(stack, lambda o=on: ben.outbox.react(message, "👍", on=o))  # type: ignore[misc]
        await level(stack, room, ana, ben)
    assert ben.rooms[room].messages[message]["body"] == body
    assert ana.rooms[room].messages[message]["reactions"] != []


async def test_joining_and_leaving_are_shown_soon_on_both_workers(stack: Stack, crew: Crew) -> None:
    room = stack.room("members")
    ana, ben = await on_both_workers(stack, crew, room)
    eve = await crew.tab("eve")
    for _ in range(ROUNDS):
        for command in ("room.join", "room.leave"):
            await without_an_answer(stack, lambda c=command: eve.ask({"type": c, "room": room}))  # type: ignore[misc]
            await level(stack, room, ana, ben)


async def test_who_is_put_out_by_a_request_that_failed_loses_the_view_soon(stack: Stack, crew: Crew) -> None:
    rooms = [stack.room(f"put-out-{n}") for n in range(ROUNDS)]
    ana, ben = await on_both_workers(stack, crew, *rooms)
    for room in rooms:
        path = f"/api/rooms/{room}/members/{ben.account.id}"

        async def put_out(path: str = path) -> None:
            answer = await stack.site.call("DELETE", path, account=ana.account)
            assert answer.status == 503

        await without_an_answer(stack, put_out)
        await until(lambda room=room: ben.rooms[room].ended, within=PROMPTLY)  # type: ignore[misc]
