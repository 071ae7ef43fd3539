"""Who may not read any more hears nothing more, with Redis and without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from chaos.clients.load import Load
from chaos.clients.tab import Account, Tab
from chaos.clients.wire import Refused
from chaos.oracle.history import History, Interval
from chaos.quiet import converged, judged
from chaos.stack.population import PASSWORD, Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.stacks import Stacks

TALKERS = ["owner", "ana", "ben"]
GUESTS = ["eve-up", "eve-down"]
PEOPLE = [*TALKERS, *GUESTS, "leaver-up", "leaver-down", "banned-up", "banned-down", "changer"]
PROMPTLY = 2.0


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    rooms = {f"secret-{guest}": [*TALKERS, guest] for guest in GUESTS} | {"lobby": PEOPLE}
    return stacks.start(Plan(people=["root", *PEOPLE], rooms=rooms, private=[f"secret-{guest}" for guest in GUESTS]))


@asynccontextmanager
async def redis(stack: Stack, *, up: bool) -> AsyncIterator[None]:
    """Redis is there, or has been gone for a while."""
    if up:
        yield
        return
    stack.redis.kill()
    try:
        await asyncio.sleep(4)
        yield
    finally:
        stack.redis.start()


@pytest.mark.parametrize("up", [True, False], ids=["redis up", "redis down"])
async def test_a_removed_member_hears_nothing_more(stack: Stack, crew: Crew, history: History, up: bool) -> None:
    guest = "eve-up" if up else "eve-down"
    room = stack.room(f"secret-{guest}")
    history.restricted = {room}
    talkers = [await crew.tab(name, room, label=f"{name}/{n}", session=n) for name in TALKERS for n in range(2)]
    spies = [await crew.tab(guest, room, label=f"{guest}/{n}", session=n % 2) for n in range(6)]
    await stack.spread_out(talkers, least=2)
    await stack.spread_out(spies, least=2)
    async with redis(stack, up=up):
        async with Load(talkers, [room], seed=8):
            await asyncio.sleep(2)
            path = f"/api/rooms/{room}/members/{spies[0].account.id}"
            await stack.site.api(stack.account("owner"), "DELETE", path)
            async with asyncio.timeout(PROMPTLY):
                while not all(spy.rooms[room].ended for spy in spies):
                    await asyncio.sleep(0.02)
            await asyncio.sleep(2)
        history.intervals = intervals(stack, room)
        await nothing_is_left(stack, spies[0], room)
        fresh = await crew.tab(guest, label=f"{guest}/fresh")
        await nothing_is_left(stack, fresh, room)
        assert room not in {each["room"]["id"] for each in fresh.hello["rooms"]}
        await converged(stack, talkers, within=20)
    judged(stack, history, [room]).assert_clean(acked=100)


def intervals(stack: Stack, room: int) -> list[Interval]:
    """Who may see the room's changes up to where, from the memberships in the database."""
    rows = stack.database.select(f"SELECT user_id, state, room_seq FROM chat_membership WHERE room_id = {room}")
    return [Interval(person, room, None if state == "active" else seq) for person, state, seq in rows]


async def nothing_is_left(stack: Stack, tab: Tab, room: int) -> None:
    """Opening, resuming and history answer as for a room that does not exist."""
    unknown = {"type": "room.open", "room": 2**40}
    cursor = {"epoch": tab.hello["epoch"], "seq": 1}
    for command in ({"type": "room.open", "room": room}, {"type": "room.open", "room": room, "since": cursor}):
        assert await refusal(tab, command) == await refusal(tab, unknown)
    assert (await refusal(tab, {"type": "room.join", "room": room}))[0] == "not_found"
    for path in (f"/api/rooms/{room}/messages", f"/api/rooms/{room}/members"):
        answer = await stack.site.call("GET", path, account=tab.account)
        assert (answer.status, answer.json()["error"]["code"]) == (404, "not_found")


async def refusal(tab: Tab, command: dict[str, object]) -> tuple[str, str]:
    with pytest.raises(Refused) as caught:
        await tab.ask(command)
    return caught.value.code, caught.value.detail


@pytest.mark.parametrize("up", [True, False], ids=["redis up", "redis down"])
async def test_signing_out_closes_the_sockets_of_that_session_alone(stack: Stack, crew: Crew, up: bool) -> None:
    name = "leaver-up" if up else "leaver-down"
    tabs = [await crew.tab(name, stack.room("lobby"), label=f"{name}/{n}") for n in range(6)]
    other = await crew.tab(name, label=f"{name}/elsewhere", session=1)
    await stack.spread_out(tabs, least=2)
    async with redis(stack, up=up):
        await stack.site.sign_out(tabs[0].account)
        await all_turned_away(tabs, code=4401)
    assert other.online.is_set()
    assert not other.closes or other.closes[-1].code not in (4401, 4403)


@pytest.mark.parametrize("up", [True, False], ids=["redis up", "redis down"])
async def test_a_ban_closes_every_socket_of_the_person(stack: Stack, crew: Crew, up: bool) -> None:
    name = "banned-up" if up else "banned-down"
    tabs = [await crew.tab(name, stack.room("lobby"), label=f"{name}/{n}", session=n % 2) for n in range(6)]
    await stack.spread_out(tabs, least=2)
    async with redis(stack, up=up):
        await ban(stack, name)
        await all_turned_away(tabs, code=4403)
    late = stack.tab(name, history=History(), seed="late")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await late.start()
    await late.stop()
    assert late.closes[-1].code == 4403


async def test_a_new_password_closes_the_sockets_of_other_sessions(stack: Stack, crew: Crew) -> None:
    signed_in = await stack.site.sign_in("changer", PASSWORD)
    assert signed_in.status == 302
    account = Account(stack.made.people["changer"], "changer", signed_in.cookies["sessionid"])
    others = [await crew.tab("changer", label=f"changer/{n}") for n in range(4)]
    await stack.spread_out(others, least=1)
    form = {"oldpassword": PASSWORD, "password1": "battery horse staple", "password2": "battery horse staple"}
    answer = await stack.site.submit("/accounts/password/change/", form, account=account)
    assert answer.status == 302
    await all_turned_away(others, code=4401)


async def all_turned_away(tabs: list[Tab], *, code: int) -> None:
    async with asyncio.timeout(PROMPTLY):
        await asyncio.gather(*(tab.turned_away.wait() for tab in tabs))
    assert {tab.closes[-1].code for tab in tabs} == {code}


async def ban(stack: Stack, name: str) -> None:
    """As an administrator does it: select the person, choose Ban, give a reason."""
    chosen = {"action": "ban", "_selected_action": str(stack.made.people[name]), "reason": "they know why"}
    answer = await stack.site.submit("/admin/chat/user/", chosen, account=stack.account("root"))
    assert answer.status == 302, answer.body[:1000]
