"""What is acknowledged is never lost, never shown twice and always in order, whatever breaks meanwhile.

Ten people with two tabs each talk in five rooms over both workers, fifty messages a second, a tenth of them submitted
twice. Afterwards the oracle compares what every tab showed with the database.
"""

import asyncio
import time
from collections.abc import Iterator

import pytest

from chaos.clients.load import Load
from chaos.clients.tab import Tab
from chaos.oracle.history import History
from chaos.quiet import converged, judged
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks, run

PEOPLE = [f"person-{n}" for n in range(10)]
FAULTS = ["kill", "stop", "deafen", "freeze", "flush"]
ROOMS = 5
LONE = [f"lone-{n}" for n in range(24)]
# A last message that no later one betrays is found by the slow poll of the heads.
LEVEL_WITHIN = 20.0


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    rooms = {f"{fault}-{n}": PEOPLE for fault in FAULTS for n in range(ROOMS)} | dict.fromkeys(LONE, PEOPLE[:2])
    return stacks.start(Plan(people=PEOPLE, rooms=rooms), {"LIMIT_OPEN_ROOMS": str(len(LONE))})


@pytest.fixture(autouse=True)
def healed(stack: Stack) -> Iterator[None]:
    yield
    run(stack.heal())


async def gather(stack: Stack, crew: Crew, fault: str) -> tuple[list[Tab], list[int]]:
    """Twenty tabs in five rooms, several on each worker."""
    rooms = [stack.room(f"{fault}-{n}") for n in range(ROOMS)]
    tabs = await asyncio.gather(
        *(crew.tab(name, *rooms, label=f"{name}/{n}", session=n) for name in PEOPLE for n in range(2))
    )
    await stack.spread_out(tabs)
    return tabs, rooms


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


async def test_redis_is_gone_for_twenty_seconds_and_comes_back_empty(
    stack: Stack, crew: Crew, history: History
) -> None:
    tabs, rooms = await gather(stack, crew, "stop")
    async with Load(tabs, rooms, seed=2) as load:
        await asyncio.sleep(3)
        stack.redis.kill()
        await asyncio.sleep(20)
        await still_answers(tabs[0], rooms[0])
        stack.redis.start()
        await asyncio.sleep(3)
    assert load.sent > 1000
    await converged(stack, tabs, within=LEVEL_WITHIN)
    judged(stack, history, rooms, stale_after=8).assert_clean(acked=1000)


async def test_the_subscriptions_of_the_workers_are_cut_again_and_again(
    stack: Stack, crew: Crew, history: History
) -> None:
    tabs, rooms = await gather(stack, crew, "deafen")
    cut = 0
    async with Load(tabs, rooms, seed=3):
        await asyncio.sleep(2)
        for _ in range(20):
            cut += stack.redis.kill_subscribers()
            await asyncio.sleep(0.5)
        await asyncio.sleep(1)
    assert cut >= 10
    await converged(stack, tabs, within=LEVEL_WITHIN)
    judged(stack, history, rooms).assert_clean(acked=500)


async def test_redis_hangs_for_ten_seconds(stack: Stack, crew: Crew, history: History) -> None:
    tabs, rooms = await gather(stack, crew, "freeze")
    async with Load(tabs, rooms, seed=4):
        await asyncio.sleep(2)
        stack.redis.pause()
        await asyncio.sleep(5)
        await still_answers(tabs[0], rooms[0])
        await asyncio.sleep(5)
        stack.redis.resume()
        await asyncio.sleep(2)
    await converged(stack, tabs, within=LEVEL_WITHIN)
    judged(stack, history, rooms, stale_after=8).assert_clean(acked=600)


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


async def test_redis_forgets_everything(stack: Stack, crew: Crew, history: History) -> None:
    tabs, rooms = await gather(stack, crew, "flush")
    async with Load(tabs, rooms, seed=5):
        await asyncio.sleep(2)
        for _ in range(3):
            with stack.redis.client() as client:
                client.flushall()
            await asyncio.sleep(1.5)
        await asyncio.sleep(2)
    await converged(stack, tabs, within=LEVEL_WITHIN)
    judged(stack, history, rooms).assert_clean(acked=250)


async def still_answers(tab: Tab, room: int) -> None:
    """A send is acknowledged promptly: it waits for the database alone."""
    begun = time.monotonic()
    await tab.outbox.send(room, f"is anybody there? {begun}")
    assert time.monotonic() - begun < 3
