"""However somebody loses the right to be connected, while everybody talks, with Redis and without.

Their sockets end within two seconds, and who is shut out says nothing more. From the moment at which their worker hears
of it nothing reaches them: no change of a room or of their inbox, however long it takes to judge them, and nothing that
they say is stored.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import pytest

from chaos.clients.load import Load
from chaos.oracle.history import History
from chaos.sabotage.deeds import Deeds
from chaos.sabotage.judging import WAIT, deed_of
from chaos.sabotage.orders import Orders
from chaos.stack.population import Plan
from chaos.stack.stack import WORKERS, Stack
from tests.security.conftest import clean_log as clean_log
from tests.security.recorder import Recorder
from tests.security.revocations import REVOCATIONS
from tests.stacks import Stacks
from tests.waiting import until

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), pytest.mark.usefixtures("clean_log")]

PROMPTLY = 2.0
STATES = ["up", "down"]
PROMPT = [f"{kind}-{state}" for kind in REVOCATIONS for state in STATES]
UNJUDGED = [f"{name}-unjudged" for name in PROMPT]
LEAVERS = [*PROMPT, *UNJUDGED]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stacks = Stacks(tmp_path_factory.mktemp("parley"))
    rooms = {"lobby": ["ana", "ben", *LEAVERS], "court": ["ana"], "cellar": ["ana", *UNJUDGED]}
    plan = Plan(people=["root", "ana", "ben", *LEAVERS], rooms=rooms, private=["court", "cellar"])
    yield stacks.start(plan, sabotage=True)
    stacks.stop()


@asynccontextmanager
async def redis(stack: Stack, state: str) -> AsyncIterator[None]:
    """Redis is there, or every worker has given it up."""
    if state == "up":
        yield
        return
    stack.redis.kill()
    try:
        async with asyncio.timeout(20):
            while not all([await gave_redis_up(stack) for _ in range(10)]):
                await asyncio.sleep(0.3)
        yield
    finally:
        stack.redis.start()


async def gave_redis_up(stack: Stack) -> bool:
    """Whether whichever worker answers has."""
    return (await stack.site.call("GET", "/readyz")).json()["checks"]["redis"] != "ok"


@asynccontextmanager
async def recorders(stack: Stack, name: str, *, session: int, each: int) -> AsyncIterator[list[Recorder]]:
    """That many on every worker."""
    async with AsyncExitStack() as opened:
        kept: dict[int, list[Recorder]] = {pid: [] for pid in stack.workers()}
        assert len(kept) == WORKERS
        async with asyncio.timeout(30):
            while any(len(theirs) < each for theirs in kept.values()):
                recorder = Recorder(stack, stack.account(name, session=session), stack.room("lobby"))
                async with AsyncExitStack() as trying:
                    await trying.enter_async_context(recorder)
                    assert recorder.worker is not None
                    if len(kept[recorder.worker]) < each:
                        kept[recorder.worker].append(recorder)
                        opened.push_async_exit(trying.pop_all())
        yield [recorder for theirs in kept.values() for recorder in theirs]


@asynccontextmanager
async def everybody_talks(stack: Stack, name: str) -> AsyncIterator[Load]:
    """Messages from two people over both workers, and an inbox that moves all the time."""
    history = History()
    talkers = [stack.tab(each, history=history, seed=name, label=f"{each} beside {name}") for each in ("ana", "ben")]
    mover = asyncio.create_task(move_inbox(stack, name))
    try:
        for tab in talkers:
            await tab.start()
            await tab.open(stack.room("lobby"))
        await stack.spread_out(talkers, least=1)
        async with Load(talkers, [stack.room("lobby")], rate=20, seed=3) as load:
            yield load
    finally:
        mover.cancel()
        await asyncio.gather(mover, *(tab.stop() for tab in talkers), return_exceptions=True)


async def move_inbox(stack: Stack, name: str) -> None:
    """Let them into a private room and put them out, again and again."""
    ana, path = stack.account("ana"), f"/api/rooms/{stack.room('court')}/members"
    while True:
        let_in = await stack.site.call("POST", path, account=ana, body=f'{{"username": "{name}"}}'.encode())
        put_out = await stack.site.call("DELETE", f"{path}/{stack.made.people[name]}", account=ana)
        # Whoever is shut out is nobody to be let in.
        assert {let_in.status, put_out.status} <= {200, 400, 404}
        await asyncio.sleep(0.2)


@asynccontextmanager
async def nobody_is_judged(stack: Stack) -> AsyncIterator[None]:
    """Every worker hears of a revocation, and decides nothing yet."""
    orders = Orders(stack.directory)
    orders.give(WAIT)
    try:
        yield
    finally:
        orders.take_back(WAIT)


def to_judge(stack: Stack) -> dict[int, int]:
    """How many sockets each worker was to judge so far."""
    deeds = Deeds(stack.directory)
    return {pid: deeds.count(deed_of(pid)) for pid in stack.workers()}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", REVOCATIONS)
async def test_a_revocation_ends_its_sockets(stack: Stack, kind: str, state: str) -> None:
    revocation, name = REVOCATIONS[kind], f"{kind}-{state}"
    async with (
        recorders(stack, name, session=0, each=2) as revoked,
        recorders(stack, name, session=1, each=1) as others,
        everybody_talks(stack, name),
        redis(stack, state),
    ):
        await heard_more(revoked, 50)
        await revocation.act(stack, name)
        struck_at = time.monotonic()
        ending = revoked if revocation.spares else [*revoked, *others]
        async with asyncio.timeout(PROMPTLY):
            await asyncio.gather(*(each.ended() for each in ending))
        if revocation.spares:
            await heard_more(others, 50)
    assert {each.code for each in ending} == {revocation.code}
    if revocation.code == 4403:
        assert stored_of(stack, name).isdisjoint(said_after(ending, struck_at))


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", REVOCATIONS)
async def test_nothing_that_follows_a_revocation_reaches_its_sockets(stack: Stack, kind: str, state: str) -> None:
    revocation, name = REVOCATIONS[kind], f"{kind}-{state}-unjudged"
    async with (
        recorders(stack, name, session=0, each=2) as revoked,
        recorders(stack, name, session=1, each=1) as others,
        everybody_talks(stack, name),
        redis(stack, state),
    ):
        await heard_more(revoked, 20)
        ending = revoked if revocation.spares else [*revoked, *others]
        async with nobody_is_judged(stack):
            expected = Counter(to_judge(stack)) + Counter(each.worker for each in [*revoked, *others])
            await revocation.act(stack, name)
            inbox = account_seq(stack, name)
            await until(lambda: Counter(to_judge(stack)) == expected, within=10)
            heard_at = time.monotonic()
            room = head_of(stack, "lobby")
            told = await quiet(ending)
            await goes_on(stack, name, beyond=room + 50)
        async with asyncio.timeout(PROMPTLY):
            await asyncio.gather(*(each.ended() for each in ending))
        if revocation.spares:
            await heard_more(others, 60)
    assert {each.code for each in ending} == {revocation.code}
    unheard = said_after(ending, heard_at)
    assert unheard != set()
    assert stored_of(stack, name).isdisjoint(unheard)
    for each, frames in zip(ending, told, strict=True):
        assert each.frames[frames:] == []
        assert max(each.room_seqs()) <= room
        assert max(each.inbox_seqs(), default=0) < inbox
    if revocation.spares:
        assert all(max(each.room_seqs()) > room + 50 and list(each.holes()) == [] for each in others)


async def quiet(recorders: Sequence[Recorder]) -> list[int]:
    """How many frames each was told, when what was on its way has come."""
    async with asyncio.timeout(10):
        while True:
            told = [len(each.frames) for each in recorders]
            await asyncio.sleep(1)
            if told == [len(each.frames) for each in recorders]:
                return told


async def goes_on(stack: Stack, name: str, *, beyond: int) -> None:
    """Return when the room has moved so far, and their inbox, too, which says that they lost another room.

    Somebody else comes, types and goes as well.
    """
    async with Recorder(stack, stack.account("ana", session=1), stack.room("lobby")) as passing:
        await heard_more([passing], 1)
        await passing.type()
        await heard_more([passing], 10)
    path = f"/api/rooms/{stack.room('cellar')}/members/{stack.made.people[name]}"
    await stack.site.api(stack.account("ana"), "DELETE", path)
    async with asyncio.timeout(30):
        while head_of(stack, "lobby") < beyond:
            await asyncio.sleep(0.05)


async def heard_more(recorders: Sequence[Recorder], count: int) -> None:
    """Return when each was told that many changes more."""
    wanted = [len(each.room_seqs()) + count for each in recorders]
    async with asyncio.timeout(30):
        while any(len(each.room_seqs()) < goal for each, goal in zip(recorders, wanted, strict=True)):
            await asyncio.sleep(0.02)


def account_seq(stack: Stack, name: str) -> int:
    """Where their inbox stood when they lost it."""
    [(seq,)] = stack.database.select(f"SELECT account_seq FROM chat_inbox WHERE user_id = {stack.made.people[name]}")
    return int(seq)


def head_of(stack: Stack, slug: str) -> int:
    """How far the room has moved."""
    [(head,)] = stack.database.select(f"SELECT head FROM chat_room WHERE id = {stack.room(slug)}")
    return int(head)


def stored_of(stack: Stack, name: str) -> set[str]:
    """The keys of what they said."""
    rows = stack.database.select(f"SELECT key FROM chat_message WHERE author_id = {stack.made.people[name]}")
    return {str(UUID(str(key))) for (key,) in rows}


def said_after(recorders: Sequence[Recorder], moment: float) -> set[str]:
    return {key for each in recorders for key, said_at in each.said.items() if said_at > moment}
