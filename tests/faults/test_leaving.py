"""A worker leaves while people talk: what it took is answered, and what is not answered it did not take."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle

import pytest

from chaos.clients.site import CSRF
from chaos.clients.tab import Account, Tab
from chaos.clients.wire import Disconnected, Refused
from chaos.oracle.history import History, Row
from chaos.quiet import converged, judged
from chaos.stack.held import nobody_else_writes
from chaos.stack.population import Plan
from chaos.stack.sockets import peers_of
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks, run
from tests.waiting import until

PEOPLE = [f"person-{n}" for n in range(6)]
GUEST = "guest"
ROOMS = ["under-way", "talking", "posting"]
PENDING = 4
TALKERS = 4


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    return stacks.start(Plan(people=[*PEOPLE, GUEST], rooms=dict.fromkeys(ROOMS, PEOPLE)))


@pytest.fixture(autouse=True)
def served(stack: Stack) -> Iterator[None]:
    yield
    run(stack.until_served())


@dataclass
class Attempts:
    """How sends ended that were tried once, by key."""

    tried: dict[str, str] = field(default_factory=dict)
    stored: dict[str, Row] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)

    async def make(self, tab: Tab, room: int) -> None:
        key = tab.outbox.new_key()
        self.tried[key] = body = f"{len(self.tried)} of {tab.name}"
        try:
            self.stored[key] = await tab.outbox.attempt(room, body, key=key)
        except Refused as refusal:
            self.refused[key] = refusal.code
        except Disconnected:
            self.unanswered.add(key)


async def gather_on(stack: Stack, crew: Crew, worker: int, room: int) -> list[Tab]:
    """A tab of everybody, all of them on this worker."""
    tabs = [await crew.tab(name, room) for name in PEOPLE]
    for tab in tabs:
        await stack.put(tab, worker)
    return tabs


async def all_read(tabs: list[Tab]) -> None:
    """The server has read everything that these said so far: it answers a ping in turn, whatever waits for a commit."""
    await asyncio.gather(*(tab.ask({"type": "ping"}) for tab in tabs))


async def has_left(stack: Stack, worker: int, tabs: list[Tab]) -> None:
    """Everybody was told, and the process is gone."""
    await until(lambda: all(tab.closes and tab.closes[-1].code == 1012 for tab in tabs), within=30)
    await until(lambda: worker not in stack.workers(), within=30)


@asynccontextmanager
async def talking(tabs: list[Tab], room: int, attempts: Attempts) -> AsyncIterator[None]:
    """Each tab has several sends under way all the time, a new one as soon as one is answered; none once it is cut."""

    async def talk(tab: Tab) -> None:
        wire = tab.wire
        while tab.wire is wire:
            await attempts.make(tab, room)
            await asyncio.sleep(0.01)

    talkers = [asyncio.create_task(talk(tab)) for tab in tabs for _ in range(TALKERS)]
    try:
        yield
        await asyncio.gather(*talkers)
    finally:
        for each in talkers:
            each.cancel()


async def test_commands_under_way_are_answered_before_the_sockets_are_closed_and_new_ones_refused(
    stack: Stack, crew: Crew, history: History
) -> None:
    worker, room = stack.workers()[0], stack.room("under-way")
    under_way, late = Attempts(), Attempts()
    tabs = await gather_on(stack, crew, worker, room)
    with nobody_else_writes(stack.database, [room]):
        sends = [asyncio.create_task(under_way.make(tab, room)) for tab in tabs for _ in range(PENDING)]
        await all_read(tabs)
        os.kill(worker, signal.SIGTERM)
        for tab in cycle(tabs):
            # Those that come before the drain begins wait with the others.
            sends.append(asyncio.create_task(late.make(tab, room)))
            await tab.ask({"type": "ping"})
            if late.refused:
                break
            await asyncio.sleep(0.02)
        assert not under_way.stored
        assert [tab.closes[-1].code for tab in tabs if tab.closes].count(1012) == 0
    await asyncio.gather(*sends)
    assert set(under_way.stored) == set(under_way.tried)
    await has_left(stack, worker, tabs)
    stored = {row.key for row in stack.database.rows()}
    assert stored >= set(under_way.stored) | set(late.stored)
    assert not stored & (set(late.refused) | late.unanswered)
    await converged(stack, tabs, within=20)
    judged(stack, history, [room]).assert_clean(acked=len(under_way.stored))


async def test_what_a_leaving_worker_does_not_answer_it_did_not_store(
    stack: Stack, crew: Crew, history: History
) -> None:
    worker, room, attempts = stack.workers()[0], stack.room("talking"), Attempts()
    tabs = await gather_on(stack, crew, worker, room)
    async with talking(tabs, room, attempts):
        await until(lambda: len(attempts.stored) > 50)
        os.kill(worker, signal.SIGTERM)
    await has_left(stack, worker, tabs)
    stored = {row.key for row in stack.database.rows()}
    assert set(attempts.stored) <= stored
    assert not stored & attempts.unanswered, "taken, and closed without an answer"
    assert set(attempts.refused.values()) <= {"unavailable"}
    assert not stored & set(attempts.refused)
    for tab in tabs:
        await tab.online.wait()
    for key in [*attempts.unanswered, *attempts.refused]:
        author = next(tab for tab in tabs if attempts.tried[key].endswith(tab.name))
        await author.outbox.send(room, attempts.tried[key], key=key)
    await converged(stack, tabs, within=20)
    judged(stack, history, [room]).assert_clean(acked=len(attempts.tried))


async def test_a_request_under_way_is_answered_though_every_socket_is_gone(stack: Stack, crew: Crew) -> None:
    worker, room = stack.workers()[0], stack.room("posting")
    tabs = await gather_on(stack, crew, worker, room)
    with closing(await line_to(stack, worker)) as line:
        with nobody_else_writes(stack.database, [room]):
            invite(line, stack.account(PEOPLE[0]), room)
            os.kill(worker, signal.SIGTERM)
            await until(lambda: all(tab.closes and tab.closes[-1].code == 1012 for tab in tabs), within=4)
            assert worker in stack.workers()
        answer = await asyncio.to_thread(line.getresponse)
        assert answer.status == 200, answer.read()
    await has_left(stack, worker, tabs)
    active = f"SELECT user_id FROM chat_membership WHERE room_id = {room} AND state = 'active'"
    assert (stack.made.people[GUEST],) in stack.database.select(active)


async def line_to(stack: Stack, worker: int) -> HTTPConnection:
    """A connection that this worker accepted."""
    port = int(stack.host.rpartition(":")[2])
    async with asyncio.timeout(30):
        while True:
            line = HTTPConnection(stack.host, timeout=30)
            line.connect()
            ours = line.sock.getsockname()[1]
            await until(lambda ours=ours: any(ours in peers_of(pid, port) for pid in stack.workers()))  # type: ignore[misc]
            if ours in peers_of(worker, port):
                return line
            line.close()


def invite(line: HTTPConnection, host: Account, room: int) -> None:
    """Ask for it, and do not wait for the answer."""
    headers = {
        "Cookie": f"csrftoken={CSRF}; sessionid={host.session}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/json",
    }
    line.request("POST", f"/api/rooms/{room}/members", body=json.dumps({"username": GUEST}), headers=headers)
