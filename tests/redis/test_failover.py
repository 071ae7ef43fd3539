"""A master that goes away under Sentinel: delivery goes on, and everybody follows to the new one."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from chat.delivery.redis import connect, connect_blocking
from tests.redis.going_on import goes_on, is_as_before
from tests.redis.server import SentinelServer, Server
from tests.redis.workers import Workers
from tests.together import Ends, Mood, suffer
from tests.waiting import until


class Trio:
    """A master, two replicas and three sentinels."""

    def __init__(self, stack: ExitStack) -> None:
        self.servers = [Server()]
        self.servers += [Server("--replicaof", self.servers[0].address, str(self.servers[0].port)) for _ in range(2)]
        self.sentinels = [SentinelServer(self.servers[0], quorum=2) for _ in range(3)]
        for each in [*self.servers, *self.sentinels]:
            stack.callback(each.remove)
            each.start()

    @property
    def url(self) -> str:
        addresses = ",".join(f"{each.address}:{each.port}" for each in self.sentinels)
        return f"redis+sentinel://{addresses}/main"

    @property
    def master(self) -> Server:
        """The one that most sentinels name."""
        ports = [each.state()["port"] for each in self.alive]
        return next(each for each in self.servers if each.port == max(ports, key=ports.count))

    @property
    def alive(self) -> list[SentinelServer]:
        return [each for each in self.sentinels if each.running]

    def settled(self) -> bool:
        """Whether every sentinel knows the replicas and the others."""
        states = [each.state() for each in self.sentinels]
        return all(state["num-slaves"] == 2 and state["num-other-sentinels"] == 2 for state in states)


@pytest.fixture
def trio() -> Iterator[Trio]:
    with ExitStack() as stack:
        yield Trio(stack)


async def the_master_dies_with_a_sentinel_and_another_takes_over(trio: Trio, workers: Workers) -> None:
    before = trio.master
    trio.sentinels[0].kill()
    before.kill()
    await goes_on(workers, seconds=3)
    await until(lambda: trio.master is not before, within=20)
    await is_as_before(workers)
    assert len(trio.master.execute("PUBSUB", "CHANNELS", "parley__group__probes")) == 1
    # Comes back as what it was, and is made a replica: whoever went to it must leave it.
    before.start()
    await goes_on(workers, seconds=3)
    await is_as_before(workers)


async def the_master_hangs_and_comes_back_to_find_another_in_its_place(trio: Trio, workers: Workers) -> None:
    before = trio.master
    before.pause()
    await goes_on(workers, seconds=3)
    await until(lambda: trio.master is not before, within=20)
    before.resume()
    # Until it is told otherwise it thinks itself the master, and some believe it.
    await until(lambda: before.execute("ROLE")[0] in ("slave", b"slave"), within=30)
    await goes_on(workers, seconds=2)
    await is_as_before(workers)


async def roles_are_swapped_on_purpose(trio: Trio, workers: Workers) -> None:
    before = trio.master
    trio.sentinels[0].execute("SENTINEL", "FAILOVER", "main")
    await goes_on(workers, seconds=3)
    await until(lambda: trio.master is not before, within=20)
    await is_as_before(workers)


MOODS: list[Mood] = [
    the_master_dies_with_a_sentinel_and_another_takes_over,
    the_master_hangs_and_comes_back_to_find_another_in_its_place,
    roles_are_swapped_on_purpose,
]


async def stage(mood: Mood) -> None:
    workers = Workers()
    with ExitStack() as stack:
        trio = Trio(stack)
        await until(trio.settled, within=30)
        try:
            await workers.start(trio.url, trio.url)
            await mood(trio, workers)
        finally:
            await workers.stop()


@pytest.fixture(scope="module")
def ends() -> Ends:
    """How each mood ended."""
    return suffer(MOODS, stage)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.__name__)
def test_delivery_goes_on_and_everybody_follows(mood: Mood, ends: Ends) -> None:
    end = ends[mood]
    if end is not None:
        raise end


async def test_threads_find_the_master_too(trio: Trio) -> None:
    with connect_blocking(trio.url) as client:
        client.set("a", 1)
    assert trio.master.execute("GET", "a") == b"1"


async def test_without_any_sentinel_it_is_an_error_soon(trio: Trio) -> None:
    for each in trio.sentinels:
        each.kill()
    begun = time.monotonic()
    with pytest.raises(redis.ConnectionError):
        await connect(trio.url).get("a")
    with pytest.raises(redis.ConnectionError):
        await asyncio.to_thread(connect_blocking(trio.url).get, "a")
    assert time.monotonic() - begun < 5
