"""A roll of all workers behind nginx, with many people connected."""

import asyncio
import signal

import pytest

from chaos.stack.population import Plan
from chaos.stack.sockets import accepted_at
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks
from tests.waiting import until

PEOPLE = [f"person-{n}" for n in range(10)]
TABS = 200
LARGEST_SHARE = 0.65


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    return stacks.start(Plan(people=PEOPLE, rooms={}), nginx=True)


async def test_everybody_is_spread_evenly_over_the_new_workers(stack: Stack, crew: Crew) -> None:
    assert stack.front is not None
    assert stack.gunicorn is not None
    tabs = [
        tab
        for turn in range(TABS // len(PEOPLE))
        for tab in await asyncio.gather(*(crew.tab(name, label=f"{name}/{turn}") for name in PEOPLE))
    ]
    old = set(stack.workers())
    stack.gunicorn.signal(signal.SIGHUP)
    await until(lambda: not old & set(stack.workers()), within=90)
    await until(lambda: all(tab.closes and tab.online.is_set() for tab in tabs), within=30)
    assert {close.code for tab in tabs for close in tab.closes} == {1012}
    held = [accepted_at(listener) for listener in stack.front.sockets]
    assert sum(held) >= TABS
    assert max(held) <= LARGEST_SHARE * sum(held), held
