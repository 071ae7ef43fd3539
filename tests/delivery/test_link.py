"""A worker's place on the channel layer, over a real Redis that suffers."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
from channels_redis.pubsub import RedisPubSubChannelLayer

from chaos.stack.redis_server import RedisServer
from chat.delivery.envelope import Envelope, Typing
from chat.delivery.link import DEADLINE, Link
from chat.delivery.redis import connect, layer_settings
from chat.delivery.replay import Replay
from chat.protocol.shapes import Person
from tests.waiting import until

ANA = Person(1, "ana")
GROUP = "room.1"


class Worker:
    """A link over a layer of its own, and what became of it."""

    def __init__(self, url: str, name: str) -> None:
        self.name = name
        self.heard: list[Envelope] = []
        self.renewed = self.became_well = 0
        self.layer = RedisPubSubChannelLayer(**layer_settings(url)["default"]["CONFIG"])
        self.link = Link(
            self.layer,
            worker=name,
            on_envelope=self.heard.append,
            on_well=self._well,
            on_doubt=lambda: None,
            on_renewed=self._renewed,
        )
        self._running = asyncio.create_task(self.link.run())

    async def until_well(self) -> None:
        await until(lambda: self.link.well, within=20)

    async def until_unwell(self, *, within: float = 10) -> None:
        await until(lambda: not self.link.well, within=within)

    async def say(self, room: int) -> bool:
        return await self.link.send(GROUP, Typing(self.name, room, ANA))

    def has_heard(self, room: int) -> bool:
        return any(isinstance(each, Typing) and each.room == room for each in self.heard)

    async def stop(self) -> None:
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running
        await self.layer.flush()

    def _well(self) -> None:
        self.became_well += 1

    def _renewed(self, link: Link) -> None:
        self.renewed += 1


@pytest_asyncio.fixture
async def pair(server: RedisServer) -> AsyncIterator[tuple[Worker, Worker]]:
    """Two workers in one group."""
    workers = Worker(server.url, "a"), Worker(server.url, "b")
    for worker in workers:
        await worker.until_well()
        assert await worker.link.join(GROUP)
    yield workers
    for worker in workers:
        await worker.stop()


async def hears_again(listener: Worker, speaker: Worker, room: int) -> None:
    """The listener's joined group works, as often as the hub may try."""
    async with asyncio.timeout(20):
        while not listener.has_heard(room):
            await speaker.say(room)
            await asyncio.sleep(0.1)


async def test_a_probe_through_redis_makes_it_well(pair: tuple[Worker, Worker]) -> None:
    a, _ = pair
    assert a.became_well == 1
    assert a.link.health.round_trip is not None
    assert 0 < a.link.health.round_trip < DEADLINE


async def test_others_hear_what_a_worker_sends_and_it_does_not(pair: tuple[Worker, Worker]) -> None:
    a, b = pair
    assert await a.say(1)
    await until(lambda: b.heard == [Typing("a", 1, ANA)])
    assert await b.say(2)
    await until(lambda: a.heard == [Typing("b", 2, ANA)])


async def test_a_group_left_is_not_heard(pair: tuple[Worker, Worker]) -> None:
    a, b = pair
    await b.link.leave(GROUP)
    assert await a.say(1)
    assert await a.link.send("room.2", Typing("a", 2, ANA))
    assert await b.link.join(GROUP)
    assert await a.say(3)
    await until(lambda: b.has_heard(3))
    assert b.heard == [Typing("a", 3, ANA)]


async def test_one_that_said_farewell_is_not_missed_though_it_probes_until_it_is_gone(
    pair: tuple[Worker, Worker],
) -> None:
    a, b = pair
    await until(lambda: b.link.peers.count == 1)
    await a.link.farewell()
    for _ in range(2):  # the first of them has certainly come to the other when the second is back
        last = a.link.health.round_trip
        await until(lambda last=last: a.link.health.round_trip != last)  # type: ignore[misc]
    assert b.link.peers.count == 0


async def test_it_hears_again_after_its_subscription_was_cut(pair: tuple[Worker, Worker], server: RedisServer) -> None:
    a, b = pair
    assert server.kill_subscribers() == 2
    await hears_again(b, a, 1)
    await hears_again(a, b, 2)
    assert b.renewed == 1


async def test_it_hears_again_from_a_redis_that_was_killed_and_came_back_empty(
    pair: tuple[Worker, Worker], server: RedisServer
) -> None:
    a, b = pair
    server.kill()
    await a.until_unwell()
    await b.until_unwell()
    assert not await a.say(1)
    server.start()
    await a.until_well()
    await b.until_well()
    for worker in pair:
        # As the hub does after a renewal; without one the layer subscribed again by itself.
        assert await worker.link.join(GROUP)
    await hears_again(b, a, 2)
    await hears_again(a, b, 3)


async def test_emptying_redis_does_no_harm(pair: tuple[Worker, Worker], server: RedisServer) -> None:
    a, b = pair
    with server.client() as harm:
        harm.flushall()
    assert await a.say(1)
    await until(lambda: b.has_heard(1))
    assert a.link.well
    assert a.became_well == b.became_well == 1


async def test_a_frozen_redis_makes_it_unwell_soon_and_holds_nobody_up(
    pair: tuple[Worker, Worker], server: RedisServer
) -> None:
    a, b = pair
    server.pause()
    await a.until_unwell(within=6)
    for _ in range(3):
        started = time.monotonic()
        assert not await a.say(1)
        assert not await a.link.join("room.2")
        assert time.monotonic() - started < 0.5
    server.resume()
    await a.until_well()
    await b.until_well()
    for worker in pair:
        assert await worker.link.join(GROUP)
    await hears_again(b, a, 2)


async def test_a_send_waits_no_longer_than_its_deadline(pair: tuple[Worker, Worker], server: RedisServer) -> None:
    a, _ = pair
    server.pause()
    sent = []
    started = time.monotonic()
    while a.link.well:
        sent.append(await a.say(1))
    # Three failed calls open the breaker, each after its own second.
    assert time.monotonic() - started < 3 * DEADLINE + 2
    assert not any(sent)
    server.resume()
    await a.until_well()


async def test_a_long_freeze_ends_in_a_renewal_and_in_health(pair: tuple[Worker, Worker], server: RedisServer) -> None:
    a, b = pair
    server.pause()
    await a.until_unwell()
    await asyncio.sleep(9)
    server.resume()
    for worker in pair:
        await worker.until_well()
        assert await worker.link.join(GROUP)
    assert a.renewed >= 2
    await hears_again(b, a, 1)
    await hears_again(a, b, 2)


async def test_it_becomes_well_when_redis_starts_after_it() -> None:
    server = RedisServer()
    worker = Worker(server.url, "a")
    await asyncio.sleep(2)
    assert not worker.link.well
    assert not await worker.say(1)
    assert not await worker.link.join(GROUP)
    server.start()
    await worker.until_well()
    assert worker.became_well == 1
    await worker.stop()
    server.remove()


@pytest.mark.parametrize("cut", ["kill", "subscribers"])
async def test_it_recovers_time_and_again(pair: tuple[Worker, Worker], server: RedisServer, cut: str) -> None:
    a, b = pair
    for round in range(3):
        if cut == "kill":
            server.restart()
        else:
            server.kill_subscribers()
        for worker in pair:
            await worker.until_well()
        async with asyncio.timeout(20):
            while not b.has_heard(round):
                await b.link.join(GROUP)
                await a.say(round)
                await asyncio.sleep(0.1)


async def test_what_is_published_in_one_round_trip_is_heard_in_order(server: RedisServer) -> None:
    here, there = Worker(server.url, "here"), Worker(server.url, "there")
    client = connect(server.url)
    try:
        await here.until_well()
        await there.until_well()
        assert await there.link.join(GROUP)
        publish = here.link.publications([(GROUP, Typing("here", room, ANA)) for room in range(100)])
        assert await Replay(client, "parley:test").append([], publish=publish) is None
        await until(lambda: there.has_heard(99), within=5)
        assert [each.room for each in there.heard if isinstance(each, Typing)] == list(range(100))
    finally:
        await client.aclose()
        await here.stop()
        await there.stop()
