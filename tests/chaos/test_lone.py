"""A worker that hears nothing of another is found by lone messages alone, and by every turn of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from chaos import lone
from chaos.clients.tab import Tab
from chaos.lone import WITHIN, Turn, take_turns
from chaos.oracle.history import History
from chaos.quiet import converged
from chaos.sabotage import deafness
from chaos.sabotage.orders import Orders
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.stacks import Stacks

PEOPLE = [f"person-{n}" for n in range(4)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    yield stacks.start(Plan(people=PEOPLE, rooms={"hall": PEOPLE, "side": PEOPLE}), sabotage=True)
    stacks.stop()


@pytest_asyncio.fixture
async def tabs(stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[list[Tab]]:
    history = History()
    # The same seed would send again, under the same keys, what is stored and shown already.
    tabs = [await stack.tab(name, history=history, seed=request.node.name).start() for name in PEOPLE]
    for tab in tabs:
        for room in stack.made.rooms.values():
            await tab.open(room)
    await stack.spread_out(tabs, least=1)
    # What an opening brings needs no hint.
    await converged(stack, tabs, within=30)
    yield tabs
    await asyncio.gather(*(tab.stop() for tab in tabs))


@pytest.mark.system
@pytest.mark.timeout(180)
@pytest.mark.parametrize("deaf", [False, True], ids=["hearing", "deaf"])
async def test_who_is_deaf_is_told_from_who_hears(stack: Stack, tabs: list[Tab], deaf: bool) -> None:
    orders, order = Orders(stack.directory), deafness.order_for(stack.workers()[0])
    if deaf:
        orders.give(order, deafness.SEEING)
    turn = await take_turns(stack, tabs, list(stack.made.rooms.values()))
    orders.take_back(order)
    assert (turn.unheard > 0, turn.slowest > WITHIN + turn.stall) == (deaf, deaf), turn


async def test_a_poll_in_the_very_moment_is_no_deafness(monkeypatch: pytest.MonkeyPatch) -> None:
    found = iter([1, 0, 1, 2, 3])

    async def one(*_: object) -> Turn:
        return Turn(slowest=0.1, unheard=next(found), stall=0.0)

    monkeypatch.setattr(lone, "_turn", one)
    turns = [await take_turns(None, [], []) for _ in range(2)]  # type: ignore[arg-type]
    assert [turn.unheard for turn in turns] == [0, 3]
