"""A Redis that is slow, and one that Sentinel replaces, under the whole product."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.oracle.history import History
from chaos.stack.database import Database
from chaos.stack.layout import LIFTED, Layout
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.faults.talk import PEOPLE, Talk, rooms_of
from tests.waiting import until


@pytest_asyncio.fixture
async def stack(layout: Layout, tmp_path: Path) -> AsyncIterator[Stack]:
    """Of this test's event loop, in which its proxies live."""
    directory = tmp_path / "parley"
    database = Database(directory, server=os.environ.get("DATABASE_URL", ""))
    plan = Plan(people=PEOPLE, rooms=dict.fromkeys(rooms_of("far"), PEOPLE))
    stack = Stack(directory, plan, database=database, layout=layout)
    await stack.start()
    yield stack
    await stack.stop()


@pytest.mark.parametrize("layout", [Layout(redis_proxy=True, env=LIFTED)], ids=["proxy"])
async def test_it_is_slow(stack: Stack, crew: Crew, history: History) -> None:
    talk, way = Talk(stack, crew, history, "far"), stack.redis_side.proxy

    async def slow() -> None:
        way.up.delay = way.down.delay = 0.25
        await asyncio.sleep(5)
        way.heal()

    await talk.suffer(slow)
    assert talk.alerts == (0, 0)


@pytest.mark.parametrize("layout", [Layout(sentinels=True, env=LIFTED)], ids=["sentinels"])
async def test_its_replica_takes_over(stack: Stack, crew: Crew, history: History) -> None:
    talk, sentinels = Talk(stack, crew, history, "far"), stack.redis_side.sentinels
    assert sentinels is not None
    await until(sentinels.ready, within=30)

    async def fail_over() -> None:
        await asyncio.to_thread(stack.redis.kill)
        async with asyncio.timeout(30):
            while await asyncio.to_thread(sentinels.master_port) != sentinels.replica.port:
                await asyncio.sleep(0.1)
        await asyncio.sleep(4)  # time for the workers to follow

    await talk.suffer(fail_over)
