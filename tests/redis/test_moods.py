"""Redis in its bad moods: what is said goes on to everybody within two seconds, and nobody is deaf afterwards.

Two workers say something ten times a second, each time in another room: a lost message has no successor to betray it.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from chaos.proxy import FaultProxy
from tests.redis.going_on import are_live, goes_on, is_as_before
from tests.redis.server import Server
from tests.redis.workers import ROOMS, Workers
from tests.together import Ends, Mood, suffer
from tests.waiting import until

Harm = Callable[[], None]


async def it_refuses(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    server.kill()
    await goes_on(workers, seconds=5)
    assert workers.unwell()
    server.start()
    await is_as_before(workers)


async def it_hangs(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    server.pause()
    await goes_on(workers, seconds=7)
    assert workers.unwell()
    server.resume()
    await is_as_before(workers)


async def it_restarts_empty(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    server.restart()
    await goes_on(workers, seconds=3)
    await is_as_before(workers)


async def it_forgets_everything(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    for _ in range(5):
        server.execute("FLUSHALL")
        await goes_on(workers, seconds=0.5)
    assert not workers.unwell()
    await is_as_before(workers)


async def subscribers_are_killed_in_a_loop(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    killed = 0
    for _ in range(15):
        killed += server.execute("CLIENT", "KILL", "TYPE", "pubsub")
        await workers.talk(0.35, every=0.05)
    assert killed >= 10
    await goes_on(workers, seconds=1)
    await is_as_before(workers)


async def subscribers_are_killed_for_reading_too_slowly(server: Server, workers: Workers) -> None:
    """The limit on a subscriber's output buffer, as a burst or a stall of ours meets it."""
    await workers.start(server.url, server.url)
    server.execute("CONFIG", "SET", "client-output-buffer-limit", "pubsub 4096 1024 1")
    for _ in range(5):
        for room in ROOMS:
            for worker in workers.all:
                worker.say(room)
        with server.client() as client:
            client.publish(f"parley__group__{ROOMS[0]}", b"x" * 1_000_000)
        await workers.talk(0.5)
    await goes_on(workers, seconds=1)
    assert "output buffer limits" in server.log()
    server.execute("CONFIG", "SET", "client-output-buffer-limit", "pubsub 33554432 8388608 60")
    await is_as_before(workers)


async def it_is_out_of_memory(server: Server, workers: Workers) -> None:
    with told_by("chat.delivery.lane") as told:
        await workers.start(server.url, server.url)
        server.execute("CONFIG", "SET", "maxmemory-policy", "noeviction")
        server.execute("CONFIG", "SET", "maxmemory", "1")
        await goes_on(workers, seconds=3)
        assert not workers.unwell()  # it still carries
        await are_live(workers)
        server.execute("CONFIG", "SET", "maxmemory", "0")
        await is_as_before(workers)
    assert [line.split(":")[0] for line in told].count(
        "Redis keeps no copies of changes, gaps are filled from the database"
    ) == len(workers.all)


async def it_is_slow(server: Server, workers: Workers) -> None:
    async with proxy(server) as slow:
        await workers.start(f"redis://{slow.host}", f"redis://{slow.host}")
        slow.up.delay = slow.down.delay = 0.25
        await goes_on(workers, seconds=5)
        slow.heal()
        await is_as_before(workers)


async def a_connection_goes_silent_both_ways(server: Server, workers: Workers) -> None:
    """What a firewall does that forgot a connection."""
    async with proxy(server) as wall:
        await workers.start(f"redis://{wall.host}", f"redis://{wall.host}")
        wall.up.swallows = wall.down.swallows = True
        await goes_on(workers, seconds=7)
        assert workers.unwell()
        wall.heal()
        await is_as_before(workers)


async def one_worker_alone_is_cut_off(server: Server, workers: Workers) -> None:
    async with proxy(server) as wall:
        await workers.start(f"redis://{wall.host}", server.url)
        wall.refuses = True
        wall.reset()
        await goes_on(workers, seconds=5)
        wall.heal()
        await is_as_before(workers)


async def the_password_is_wrong_for_a_while(server: Server, workers: Workers) -> None:
    await workers.start(server.url, server.url)
    lock(server)
    await goes_on(workers, seconds=5)
    assert workers.unwell()
    unlock(server)
    await is_as_before(workers)


async def refused_for_ten_seconds_it_is_an_alert(server: Server, workers: Workers) -> None:
    await alerts(server.url, workers, harm=server.kill, heal=server.start)


async def hung_for_ten_seconds_it_is_an_alert(server: Server, workers: Workers) -> None:
    await alerts(server.url, workers, harm=server.pause, heal=server.resume)


async def slower_than_a_probe_may_be_for_ten_seconds_it_is_an_alert(server: Server, workers: Workers) -> None:
    async with proxy(server) as slow:

        def harm() -> None:
            slow.up.delay = slow.down.delay = 0.75

        await alerts(f"redis://{slow.host}", workers, harm=harm, heal=slow.heal)
        await is_as_before(workers)


async def locked_out_for_ten_seconds_it_is_an_alert_that_says_why(server: Server, workers: Workers) -> None:
    told = await alerts(server.url, workers, harm=lambda: lock(server), heal=lambda: unlock(server))
    assert any("password" in line or "Authentication" in line for line in told)
    assert not any(server.password in line for line in told)


@asynccontextmanager
async def proxy(server: Server) -> AsyncIterator[FaultProxy]:
    between = FaultProxy(lambda: asyncio.open_connection(server.address, server.port))
    await between.start()
    yield between
    await between.stop()


def lock(server: Server) -> None:
    server.execute("CONFIG", "SET", "requirepass", "another secret")
    server.password = "another secret"
    server.execute("CLIENT", "KILL", "TYPE", "pubsub")
    server.execute("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")


def unlock(server: Server) -> None:
    server.execute("CONFIG", "SET", "requirepass", "")


async def alerts(url: str, workers: Workers, *, harm: Harm, heal: Harm) -> list[str]:
    """Unwell for ten seconds it is an alert, once, and that ends with the harm. What was logged of it."""
    with told_by("chat.delivery.health") as told:
        await workers.start(url)
        [link] = workers.all[0].links
        begun = time.monotonic()
        harm()
        await until(lambda: link.health.alerting, within=16)
        assert time.monotonic() - begun > 9
        heal()
        await workers.well()
        assert not link.health.alerting
        assert link.health.alerts == 1
    return [line for line in told if url.removeprefix("redis://") in line]


@contextmanager
def told_by(logger: str) -> Iterator[list[str]]:
    """What is logged there meanwhile, by whomever: others suffer beside us."""
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger(logger).addHandler(handler)
    try:
        yield told
    finally:
        logging.getLogger(logger).removeHandler(handler)


ALERTING: list[Mood] = [
    refused_for_ten_seconds_it_is_an_alert,
    hung_for_ten_seconds_it_is_an_alert,
    slower_than_a_probe_may_be_for_ten_seconds_it_is_an_alert,
    locked_out_for_ten_seconds_it_is_an_alert_that_says_why,
]
MOODS: list[Mood] = [
    it_refuses,
    it_hangs,
    it_restarts_empty,
    it_forgets_everything,
    subscribers_are_killed_in_a_loop,
    subscribers_are_killed_for_reading_too_slowly,
    it_is_out_of_memory,
    it_is_slow,
    a_connection_goes_silent_both_ways,
    one_worker_alone_is_cut_off,
    the_password_is_wrong_for_a_while,
    *ALERTING,
]


async def stage(mood: Mood) -> None:
    server, workers = Server(), Workers()
    server.start()
    try:
        await mood(server, workers)
        assert workers.alerts() == (1 if mood in ALERTING else 0)
    finally:
        await workers.stop()
        server.remove()


@pytest.fixture(scope="module")
def ends() -> Ends:
    """How each mood ended."""
    return suffer(MOODS, stage)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.__name__)
def test_delivery_goes_on_and_nobody_is_deaf_afterwards(mood: Mood, ends: Ends) -> None:
    end = ends[mood]
    if end is not None:
        raise end
