"""Presence over a real Redis that goes away and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial

import pytest_asyncio

from chaos.stack.redis_server import RedisServer
from chat.delivery.redis import connect
from chat.presence.redis import RedisStore
from chat.presence.tracker import Tracker
from chat.protocol.shapes import Person
from tests.presence.workers import ANA, BEN, CY, ROOM
from tests.waiting import until

Seen = dict[str, list[str]]


@pytest_asyncio.fixture
async def trackers(server: RedisServer) -> AsyncIterator[tuple[Tracker, Tracker, Seen]]:
    """Two running workers that hear each other, and what each announced last."""
    seen: Seen = {}
    both: dict[str, Tracker] = {}
    async with AsyncExitStack() as stack:
        for name, other in ("ab", "ba"):
            client = connect(server.url)
            stack.push_async_callback(client.aclose, close_connection_pool=True)
            both[name] = Tracker(
                RedisStore(client),
                worker=name,
                announce=partial(note, seen, name),
                tell_others=partial(tell, both, other),
            )
        running = [asyncio.create_task(tracker.run()) for tracker in both.values()]
        yield both["a"], both["b"], seen
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def note(seen: Seen, worker: str, _: int, people: list[Person]) -> None:
    seen[worker] = [person.name for person in people]


def tell(trackers: dict[str, Tracker], other: str, room: int) -> None:
    trackers[other].heard(room)


async def test_redis_stops_and_comes_back_empty(server: RedisServer, trackers: tuple[Tracker, Tracker, Seen]) -> None:
    a, b, seen = trackers
    a.enter(ROOM, ANA)
    b.enter(ROOM, BEN)
    await until(lambda: seen == {"a": ["ana", "ben"], "b": ["ana", "ben"]})
    server.stop()
    a.enter(ROOM, CY)
    await until(lambda: seen["a"] == ["ana", "ben", "cy"])
    server.start()
    await until(lambda: seen["b"] == ["ana", "ben", "cy"], within=30)
    b.leave(ROOM, BEN)
    await until(lambda: seen["a"] == ["ana", "cy"], within=30)


async def test_a_frozen_redis_holds_nobody_up(server: RedisServer, trackers: tuple[Tracker, Tracker, Seen]) -> None:
    a, b, seen = trackers
    a.enter(ROOM, ANA)
    b.enter(ROOM, BEN)
    await until(lambda: seen == {"a": ["ana", "ben"], "b": ["ana", "ben"]})
    server.pause()
    started = time.monotonic()
    a.enter(ROOM, CY)
    assert time.monotonic() - started < 0.5
    await until(lambda: seen["a"] == ["ana", "ben", "cy"])
    closing = time.monotonic()
    await b.close()
    assert time.monotonic() - closing < 5
    server.resume()
