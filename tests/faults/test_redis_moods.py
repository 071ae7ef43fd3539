"""Redis in its bad moods under the whole product: a send waits for the database alone, and nobody stays deaf.

Each mood breaks Redis for some seconds and mends it, while people talk over both workers.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest

from chaos.oracle.history import History
from chaos.scene import every
from chaos.stack.population import Plan
from chaos.stack.redis_server import RedisServer
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.faults.talk import PEOPLE, Talk, rooms_of
from tests.stacks import Stacks, run

Mood = Callable[[RedisServer, Talk], Coroutine[Any, Any, None]]


async def it_refuses_until_the_alert(redis: RedisServer, talk: Talk) -> None:
    await asyncio.to_thread(redis.kill)
    await talk.alerted()
    await asyncio.to_thread(redis.start)


async def it_hangs(redis: RedisServer, talk: Talk) -> None:
    redis.pause()
    await asyncio.sleep(7)
    redis.resume()


async def the_password_is_another(redis: RedisServer, talk: Talk) -> None:
    with redis.client() as client:
        client.config_set("requirepass", "another secret")
        client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await asyncio.sleep(5)
        client.config_set("requirepass", "")


async def it_is_out_of_memory(redis: RedisServer, talk: Talk) -> None:
    with redis.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        await asyncio.sleep(4)
        client.config_set("maxmemory", "0")


async def subscribers_are_killed_in_a_loop(redis: RedisServer, talk: Talk) -> None:
    killed = 0

    async def kill() -> None:
        nonlocal killed
        killed += redis.kill_subscribers()

    await every(0.4, 6, kill)
    assert killed >= 10


async def subscribers_are_killed_for_reading_too_slowly(redis: RedisServer, talk: Talk) -> None:
    with redis.client() as client:
        client.config_set("client-output-buffer-limit", "pubsub 4096 1024 1")

        async def burst() -> None:
            for channel in client.pubsub_channels("*parley__group__*"):
                client.publish(channel, b"x" * 1_000_000)

        await every(0.5, 4, burst)
        assert "output buffer limits" in redis.log()
        client.config_set("client-output-buffer-limit", "pubsub 33554432 8388608 60")


async def it_restarts_empty(redis: RedisServer, talk: Talk) -> None:
    await asyncio.to_thread(redis.restart)
    await asyncio.sleep(2)


async def it_forgets_everything(redis: RedisServer, talk: Talk) -> None:
    with redis.client() as client:
        for _ in range(3):
            client.flushall()
            await asyncio.sleep(1)


ALERTING: list[Mood] = [it_refuses_until_the_alert]
MOODS: list[Mood] = [
    *ALERTING,
    it_hangs,
    the_password_is_another,
    it_is_out_of_memory,
    subscribers_are_killed_in_a_loop,
    subscribers_are_killed_for_reading_too_slowly,
    it_restarts_empty,
    it_forgets_everything,
]


@pytest.fixture(scope="module")
def stack(stacks: Stacks) -> Stack:
    return stacks.start(Plan(people=PEOPLE, rooms={slug: PEOPLE for mood in MOODS for slug in rooms_of(mood.__name__)}))


@pytest.fixture(autouse=True)
def healed(stack: Stack) -> Iterator[None]:
    yield
    run(stack.heal())


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.__name__)
async def test_a_send_waits_for_the_database_alone(mood: Mood, stack: Stack, crew: Crew, history: History) -> None:
    talk = Talk(stack, crew, history, mood.__name__)
    await talk.suffer(lambda: mood(stack.redis, talk))
    assert talk.alerts == ((2, 2) if mood in ALERTING else (0, 0))
