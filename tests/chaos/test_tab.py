"""A tab comes back as the page does, and finds out as the page does that nobody is there any more."""

import asyncio
import time
from random import Random
from typing import Any

import pytest

from chaos.clients import heartbeat as times
from chaos.clients.backoff import CAP, FIRST, LEAST, STEADY, Backoff
from chaos.clients.heartbeat import Heartbeat
from chaos.clients.tab import Account, Tab
from chaos.clients.wire import Unanswered
from chaos.oracle.history import History
from tests.chaos.server import FakeServer, fake_server, until


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as fast as the page."""
    for name in ("ANSWER", "COMMAND", "LOOK", "LATE"):
        monkeypatch.setattr(times, name, getattr(times, name) / 10)


def tab_of(server: FakeServer) -> Tab:
    return Tab("ana", account=Account(1, "ana", "s"), host=server.host, history=History(), seed="1")


def test_waits_grow_with_the_time_away_and_begin_anew_after_a_connection_that_held() -> None:
    class Highest(Random):
        def uniform(self, a: float, b: float) -> float:
            return b

    now = 100.0
    backoff = Backoff(Highest(), clock=lambda: now)
    backoff.begin()
    assert backoff.next(held=0, told=0) == LEAST
    now += 6 * LEAST
    assert backoff.next(held=0, told=0) == 3 * LEAST
    now += 2 * CAP
    assert backoff.next(held=0, told=0) == CAP
    now += STEADY
    assert backoff.next(held=STEADY - 0.1, told=0) == CAP
    assert backoff.next(held=STEADY, told=0) == FIRST
    now += 2 * LEAST + 0.2
    assert backoff.next(held=0, told=0) == pytest.approx(LEAST + 0.1)
    assert backoff.next(held=0, told=5) == 5 + FIRST
    now += 5 + STEADY
    assert backoff.next(held=STEADY - 0.1, told=0) == LEAST


def test_the_first_wait_is_anything_from_nothing_and_the_others_from_half() -> None:
    firsts = [Backoff(Random(seed)).next(held=STEADY, told=0) for seed in range(200)]
    assert min(firsts) < 0.1 * FIRST
    assert 0.9 * FIRST < max(firsts) <= FIRST
    backoff = Backoff(Random(1))
    backoff.begin()
    others = [backoff.next(held=0, told=0) for _ in range(200)]
    assert LEAST / 2 <= min(others) < 0.6 * LEAST
    assert 0.9 * LEAST < max(others) <= LEAST


async def test_an_idle_connection_that_died_is_found_by_an_unanswered_question() -> None:
    async with fake_server(heartbeat=1) as server:
        tab = await tab_of(server).start()
        server.mute = True
        begun = asyncio.get_running_loop().time()
        await until(lambda: tab.closes)
        took = asyncio.get_running_loop().time() - begun
        await tab.stop()
    assert took >= 1 + times.ANSWER - 0.1
    assert [frame["type"] for frame in server.heard] == ["ping"]


async def test_a_connection_that_answers_is_left_alone() -> None:
    async with fake_server(heartbeat=1) as server:
        tab = await tab_of(server).start()
        await until(lambda: len(server.heard) >= 3)
        await tab.stop()
    assert {frame["type"] for frame in server.heard} == {"ping"}
    assert len(server.sockets) == 1


async def test_a_command_without_an_answer_makes_a_tab_ask_sooner() -> None:
    async with fake_server(heartbeat=1000) as server:
        tab = await tab_of(server).start()
        server.mute = True
        asking = asyncio.create_task(tab.ask({"type": "read.set", "room": 1, "number": 1}))
        await until(lambda: tab.closes)
        await asyncio.gather(asking, return_exceptions=True)
        await tab.stop()
    assert [frame["type"] for frame in server.heard] == ["read.set", "ping"]


async def test_an_answer_that_does_not_come_is_unknown_though_the_connection_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chaos.clients.wire.REPLY", 0.2)
    async with fake_server(heartbeat=1000) as server:
        tab = await tab_of(server).start()
        server.mute = True
        with pytest.raises(Unanswered):
            await tab.ask({"type": "read.set", "room": 1, "number": 1})
        assert not tab.closes
        # One that comes after all is dropped.
        await server.say(type="reply", ref=server.heard[0]["ref"], ok=True, data={})
        server.mute = False
        await tab.ask({"type": "ping"})
        await tab.stop()


async def test_who_is_not_greeted_goes_away_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaos.clients.wire.HELLO", 0.5)
    async with fake_server() as server:
        server.greets = False
        tab = tab_of(server)
        starting = asyncio.create_task(tab.start())
        await until(lambda: tab.closes)
        server.greets = True
        await starting
        await tab.stop()


async def test_a_goodbye_is_waited_for_and_the_browser_cannot_hurry_it() -> None:
    async with fake_server() as server:
        tab = await tab_of(server).start()
        await server.say(type="goodbye", retry_after=1.0)
        begun = asyncio.get_running_loop().time()
        await server.sockets[-1].close(1012)
        await until(lambda: tab.closes)
        tab.hurry()
        await tab.online.wait()
        assert asyncio.get_running_loop().time() - begun >= 1.0
        await tab.stop()
    assert tab.closes[0].code == 1012


async def test_a_network_that_is_back_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "next", lambda self, *, held, told: 1000.0)
    async with fake_server() as server:
        tab = await tab_of(server).start()
        await tab.drop()
        tab.hurry()
        await until(tab.online.is_set)
        await tab.stop()


@pytest.mark.parametrize("code", [4400, 4401, 4403])
async def test_who_is_not_wanted_stays_away(code: int) -> None:
    async with fake_server() as server:
        tab = await tab_of(server).start()
        await server.sockets[-1].close(code)
        await until(tab.turned_away.is_set)
        await tab.stop()


@pytest.mark.parametrize("code", [1000, 1009, 4408, 4429])
async def test_after_any_other_close_a_tab_comes_back(code: int) -> None:
    async with fake_server() as server:
        tab = await tab_of(server).start()
        await server.sockets[-1].close(code)
        await until(lambda: len(server.sockets) == 2)
        await tab.stop()


async def test_a_look_that_comes_late_asks_once_more_before_it_judges() -> None:
    heard: list[Any] = []
    beat = Heartbeat(ping=lambda: heard.append("ping"), dead=lambda: heard.append("dead"))
    beat.start(0.1)
    await until(lambda: heard)
    # The loop stands still, as on a machine that others want, or one that sleeps.
    time.sleep(times.ANSWER + times.LATE + 0.2)
    await until(lambda: len(heard) > 1)
    assert heard == ["ping", "ping"]
    await until(lambda: "dead" in heard)
    beat.stop()
