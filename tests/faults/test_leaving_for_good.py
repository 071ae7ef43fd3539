"""A worker that leaves while the database hangs: nothing it waits for keeps it."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaos.drains import GRACE
from chaos.stack.database import Database
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.database.conftest import own_server, without_postgres
from tests.faults.conftest import Crew
from tests.stacks import run
from tests.waiting import until

pytestmark = without_postgres


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory: Path = tmp_path_factory.mktemp("hung")
    with own_server() as server:
        plan = Plan(people=["ana"], rooms={"here": ["ana"]})
        stack = Stack(directory, plan, database=Database(directory, server=server.url))
        stack.server = server
        run(stack.start())
        yield stack
        run(stack.stop())


async def test_it_answers_what_it_can_closes_its_sockets_and_is_gone_within_its_grace(stack: Stack, crew: Crew) -> None:
    assert stack.server is not None
    worker, room = stack.workers()[0], stack.room("here")
    tab = await crew.tab("ana", room)
    await stack.put(tab, worker)
    frozen = stack.server.processes()
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    try:
        send = asyncio.create_task(tab.outbox.send(room, "into the void"))
        await tab.ask({"type": "ping"})
        begun = time.monotonic()
        os.kill(worker, signal.SIGTERM)
        await until(lambda: worker not in stack.workers(), within=GRACE)
        # It waits for the command, and no thread waits longer than eight seconds for the server.
        assert time.monotonic() - begun > 5, "it did not wait for the command"
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
    assert tab.closes[-1].code == 1012
    assert "WORKER TIMEOUT" not in stack.log()
    assert (await send).room == room
    await stack.until_served()
