"""However a session or an account ends, its sockets end within two seconds, with Redis and without.

Signing out, a ban and a new password of one's own: `tests/faults/test_removal.py`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from django.utils import timezone

from chaos.clients.tab import Tab
from chaos.oracle.history import History
from chaos.stack.stack import Stack
from chat import connections, runtime
from chat.models import User
from tests.builders import make_person
from tests.consumers.test_socket import connected, session_of
from tests.security.revocations import NEW, deactivate, give_password

PROMPTLY = 2.0


@asynccontextmanager
async def tabs_of(stack: Stack, *names: str, seed: str) -> AsyncIterator[dict[str, list[Tab]]]:
    """Four tabs each, of two sessions, on both workers, with a room open."""
    history = History()
    tabs = {
        name: [stack.tab(name, history=history, seed=seed, label=f"{name}/{n}", session=n % 2) for n in range(4)]
        for name in names
    }
    every = [tab for theirs in tabs.values() for tab in theirs]
    try:
        for tab in every:
            await tab.start()
            await tab.open(stack.room("lobby"))
        for theirs in tabs.values():
            await stack.spread_out(theirs, least=1)
        yield tabs
    finally:
        await asyncio.gather(*(tab.stop() for tab in every))
        stack.redis.restart()


@pytest.mark.system
@pytest.mark.timeout(180)
@pytest.mark.usefixtures("clean_log")
@pytest.mark.parametrize("state", ["up", "down"])
async def test_what_an_administrator_does_to_an_account_ends_its_sockets(stack: Stack, state: str) -> None:
    out, changed = f"deactivated-{state}", f"repassworded-{state}"
    async with tabs_of(stack, out, changed, "bystander", seed=state) as tabs:
        if state == "down":
            stack.redis.kill()
            await asyncio.sleep(4)
        await deactivate(stack, out)
        await ended(tabs[out], code=4403)
        await give_password(stack, changed)
        await ended(tabs[changed], code=4401)
        assert all(tab.online.is_set() for tab in tabs["bystander"])
        row = await tabs["bystander"][0].outbox.send(stack.room("lobby"), "after them")
        for tab in [*tabs[out], *tabs[changed]]:
            assert row.id not in tab.rooms[stack.room("lobby")].messages


async def ended(tabs: list[Tab], *, code: int) -> None:
    async with asyncio.timeout(PROMPTLY):
        await asyncio.gather(*(tab.turned_away.wait() for tab in tabs))
    assert {tab.closes[-1].code for tab in tabs} == {code}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["expired", "deleted", "another password"])
async def test_a_session_that_ends_without_a_word_is_found_by_the_clock(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells of these: somebody's clock, `clearsessions`, `changepassword`."""
    monkeypatch.setattr(connections, "SESSIONS_EVERY", 0.05)
    await runtime.reset()
    ana = await sync_to_async(make_person)("ana")
    ben = await sync_to_async(make_person)("ben")
    key = await sync_to_async(session_of)(ana)
    async with connected(ana, session=key) as gone, connected(ben) as stays:
        await gone.event("hello")
        await stays.event("hello")
        await ends(way, ana, key)
        assert await gone.closed() == 4401
        assert (await stays.ask("room.close", room=1))["ok"]
    await runtime.reset()


@pytest.mark.django_db(transaction=True)
async def test_an_account_that_is_closed_without_a_word_is_found_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SESSIONS_EVERY", 0.05)
    await runtime.reset()
    ana = await sync_to_async(make_person)("ana")
    async with connected(ana) as gone:
        await gone.event("hello")
        await User.objects.filter(pk=ana.pk).aupdate(is_active=False)
        assert await gone.closed() == 4403
    await runtime.reset()


async def ends(way: str, person: User, key: str) -> None:
    session = Session.objects.filter(session_key=key)
    match way:
        case "expired":
            await session.aupdate(expire_date=timezone.now())
        case "deleted":
            await session.adelete()
        case _:
            person.set_password(NEW)
            await User.objects.filter(pk=person.pk).aupdate(password=person.password)


def test_the_clock_is_looked_at_every_minute() -> None:
    assert connections.SESSIONS_EVERY <= 60
