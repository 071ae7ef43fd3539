"""What is acknowledged is never lost, never shown twice and always in order, whatever breaks meanwhile.

Afterwards the oracle compares what every tab showed with the database.
"""

import asyncio
from collections.abc import Iterator

import pytest

from chaos.clients.load import Load
from chaos.oracle.history import History
from chaos.quiet import converged, judged
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.faults.talk import LEVEL_WITHIN, PEOPLE, gather, rooms_of
from tests.stacks import Stacks, run

LONE = [f"lone-{n}" for n in range(24)]


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    rooms = dict.fromkeys(rooms_of("kill"), PEOPLE) | dict.fromkeys(LONE, PEOPLE[:2])
    return stacks.start(Plan(people=PEOPLE, rooms=rooms), {"LIMIT_OPEN_ROOMS": str(len(LONE))})


@pytest.fixture(autouse=True)
def healed(stack: Stack) -> Iterator[None]:
    yield
    run(stack.heal())


async def test_a_worker_is_killed_in_mid_conversation(stack: Stack, crew: Crew, history: History) -> None:
    tabs, rooms = await gather(stack, crew, "kill")
    async with Load(tabs, rooms, seed=1):
        await asyncio.sleep(3)
        victim = stack.workers()[0]
        assert len(stack.spread(tabs)[victim]) >= 3
        stack.kill_worker(victim)
        await asyncio.sleep(6)
        assert victim not in stack.workers()
        assert len(stack.workers()) == 2
    await converged(stack, tabs, within=15)
    judged(stack, history, rooms, stale_after=15).assert_clean(acked=400)


async def test_a_lone_message_arrives_at_every_moment_of_an_outage(stack: Stack, crew: Crew, history: History) -> None:
    """A busy room repairs itself, for the next message shows what is missing. Here every room gets one message only."""
    rooms = [stack.room(slug) for slug in LONE]
    ends = [await crew.tab(name, *rooms) for name in PEOPLE[:2]]
    for end, worker in zip(ends, stack.workers(), strict=True):
        await stack.put(end, worker)
    await converged(stack, ends, within=LEVEL_WITHIN)
    for turn, room in enumerate(rooms):
        if turn == 1:
            stack.redis.kill()
        if turn == 16:
            stack.redis.start()
        await ends[turn % 2].outbox.send(room, "alone here")
        await asyncio.sleep(0.5)
    await converged(stack, ends, within=LEVEL_WITHIN)
    judged(stack, history, rooms, stale_after=4).assert_clean(acked=len(LONE))
