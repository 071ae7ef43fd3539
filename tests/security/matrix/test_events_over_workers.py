"""Who hears of what happens in a room, where it happens on another worker: with Redis between them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from chaos.clients.tab import Account
from chaos.clients.wire import Refused, Wire
from chaos.stack.population import Plan
from chaos.stack.sockets import peers_of
from chaos.stack.stack import Stack
from tests.security.matrix.grid import promised, row
from tests.security.matrix.hearing import PERSONAL, of_room
from tests.security.matrix.scenes import KINDS, ROLES
from tests.stacks import Stacks, run
from tests.waiting import until

PROMISED = promised("What is heard")
AUDIENCES = {"who asked to open the room": True, "who did not": False}

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


class Crowd:
    """The stack, with every role in a room of every kind."""

    def __init__(self, stack: Stack, made: dict[str, Any]) -> None:
        self.stack = stack
        self.rooms: dict[str, int] = made["rooms"]
        self._people: dict[str, list[Any]] = made["people"]

    def account(self, name: str) -> Account:
        person_id, session = self._people[name]
        return Account(id=person_id, name=name, session=session)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    stack = stacks.start(Plan(people=["root"], rooms={}))
    program = "from tests.security.matrix.crowd import main; main()"
    yield Crowd(stack, json.loads(run(stack.manage("shell", "-v", "0", "-c", program)).splitlines()[-1]))
    stacks.stop()


class Listener:
    """A socket, and what it was told."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.wire: Wire | None = None

    async def ask(self, command: dict[str, Any]) -> dict[str, Any] | Exception:
        assert self.wire is not None
        answer: asyncio.Future[dict[str, Any] | Exception] = asyncio.get_running_loop().create_future()
        self.wire.ask(command, answer.set_result)
        async with asyncio.timeout(15):
            return await answer

    def heard(self, room: int) -> str:
        return of_room(self.events, room)


@asynccontextmanager
async def listening(crowd: Crowd, name: str, *, worker: int, opens: int | None = None) -> AsyncIterator[Listener]:
    """A socket on this worker, which asked to open a room."""
    port = int(crowd.stack.host.rpartition(":")[2])
    async with AsyncExitStack() as stack:
        while True:
            listener = Listener()
            account = crowd.account(name)
            listener.wire = wire = await Wire.open(
                f"ws://{crowd.stack.host}/ws/",
                session=account.session,
                origin=f"http://{crowd.stack.host}",
                on_event=listener.events.append,
            )
            reading = asyncio.create_task(wire.run())
            await until(lambda listener=listener: bool(listener.events))
            if wire.local_port in peers_of(worker, port):
                break
            await wire.close()
            await reading
        stack.push_async_callback(wire.close)
        if opens is not None:
            answer = await listener.ask({"type": "room.open", "room": opens})
            assert not isinstance(answer, Refused) or answer.code == "not_found"
        yield listener
    await reading


@pytest.mark.parametrize("kind", KINDS)
async def test_what_happens_on_one_worker_reaches_those_of_the_other_who_may_read_it(crowd: Crowd, kind: str) -> None:
    room, [here, there] = crowd.rooms[kind], crowd.stack.workers()
    expected = {audience: row(PROMISED[audience], kind) for audience in AUDIENCES}
    async with AsyncExitStack() as stack:
        listeners = {
            (audience, role, worker): await stack.enter_async_context(
                listening(crowd, role, worker=worker, opens=room if opens else None)
            )
            for audience, opens in AUDIENCES.items()
            for role in ROLES
            for worker in (here, there)
        }
        for each in listeners.values():
            each.events.clear()
        founder = await stack.enter_async_context(listening(crowd, "founder", worker=here, opens=room))
        regular = await stack.enter_async_context(listening(crowd, "regular", worker=there, opens=room))
        await everything_happens(crowd, kind, founder)
        # A member on each worker has heard everything that there is, so the others have too.
        for (audience, role, _), each in listeners.items():
            if role == "member":
                await until(lambda each=each, wanted=expected[audience][role]: each.heard(room) == wanted, within=20)
        await until(lambda: "C" in regular.heard(room).split())
        for each in listeners.values():
            await each.ask({"type": "inbox.open"})
    assert {key: each.heard(room) for key, each in listeners.items()} == {
        (audience, role, worker): expected[audience][role] for audience, role, worker in listeners
    }
    for key, each in listeners.items():
        assert {event["type"] for event in each.events}.isdisjoint(PERSONAL - {"pong"}), key  # its own heartbeat


async def everything_happens(crowd: Crowd, kind: str, founder: Listener) -> None:
    """Somebody came; a message where there can be one, new details, typing, and who came is put out."""
    room, site, account = crowd.rooms[kind], crowd.stack.site, crowd.account("founder")
    await until(lambda: "P" in founder.heard(room).split())
    if not kind.endswith("archived"):
        await founder.ask({"type": "message.send", "room": room, "key": str(uuid4()), "body": "news"})
    await site.api(account, "PATCH", f"/api/rooms/{room}", {"topic": "news"})
    await founder.ask({"type": "typing.set", "room": room})
    await until(lambda: "T" in founder.heard(room).split())
    await site.api(account, "DELETE", f"/api/rooms/{room}/members/{crowd.account('regular').id}")
