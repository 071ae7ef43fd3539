"""What every presence store promises."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chaos.stack.redis_server import RedisServer
from chat.delivery.redis import connect
from chat.presence.memory import MemoryStore
from chat.presence.redis import KEY_SECONDS, RedisStore
from chat.presence.store import KEPT, PresenceStore, StoreAway
from chat.protocol.shapes import Person
from tests.presence.clock import Clock

ANA, BEN = Person(1, "ana"), Person(2, "ben")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture(params=["memory", "redis"])
async def store(request: pytest.FixtureRequest, clock: Clock) -> AsyncIterator[PresenceStore]:
    if request.param == "memory":
        yield MemoryStore(clock=clock)
    else:
        server: RedisServer = request.getfixturevalue("server")
        client = connect(server.url)
        yield RedisStore(client, clock=clock)
        await client.aclose(close_connection_pool=True)


async def people_of_others(store: PresenceStore, room: int, worker: str) -> dict[str, frozenset[Person]]:
    return {name: hosted.people for name, hosted in (await store.others(room, worker)).items()}


async def test_others_see_what_a_worker_put_and_it_does_not_see_itself(store: PresenceStore) -> None:
    await store.put(7, "a", [ANA, BEN])
    assert await people_of_others(store, 7, "b") == {"a": {ANA, BEN}}
    assert await people_of_others(store, 7, "a") == {}


async def test_rooms_do_not_mix(store: PresenceStore) -> None:
    await store.put(7, "a", [ANA])
    assert await people_of_others(store, 8, "b") == {}


async def test_what_is_put_takes_the_place_of_what_was(store: PresenceStore) -> None:
    assert await store.put(7, "a", [ANA]) is True
    assert await store.put(7, "a", [BEN]) is False
    assert await people_of_others(store, 7, "b") == {"a": {BEN}}


async def test_an_entry_tells_when_it_was_put(store: PresenceStore, clock: Clock) -> None:
    await store.put(7, "a", [ANA])
    put_at = clock.now
    clock.now += 5
    assert (await store.others(7, "b"))["a"].at == put_at


async def test_dropping_forgets_one_worker_alone(store: PresenceStore) -> None:
    await store.put(7, "a", [ANA])
    await store.put(7, "b", [BEN])
    await store.drop(7, "a")
    await store.drop(7, "a")
    assert await people_of_others(store, 7, "c") == {"b": {BEN}}
    assert await store.put(7, "a", [ANA]) is True


async def test_an_entry_counts_for_its_time_and_is_then_removed(store: PresenceStore, clock: Clock) -> None:
    await store.put(7, "a", [ANA])
    clock.now += KEPT
    assert await people_of_others(store, 7, "b") == {"a": {ANA}}
    clock.now += 1
    assert await people_of_others(store, 7, "b") == {}
    assert await store.put(7, "a", [ANA]) is True


async def test_redis_keeps_no_room_for_ever(server: RedisServer, clock: Clock) -> None:
    client = connect(server.url)
    await RedisStore(client, clock=clock).put(7, "a", [ANA])
    with server.client() as look:
        assert 0 < look.ttl("parley:presence:7") <= KEY_SECONDS
    await client.aclose(close_connection_pool=True)


async def test_what_is_no_entry_is_ignored_and_removed(server: RedisServer, clock: Clock) -> None:
    client = connect(server.url)
    store = RedisStore(client, clock=clock)
    await store.put(7, "a", [ANA])
    with server.client() as harm:
        harm.hset("parley:presence:7", mapping={"x": b"\xff", "y": '{"at": 1}', "z": '{"at": "soon", "people": []}'})
        assert await people_of_others(store, 7, "b") == {"a": {ANA}}
        assert harm.hkeys("parley:presence:7") == [b"a"]
    await client.aclose(close_connection_pool=True)


@pytest.mark.parametrize("harm", ["pause", "kill"])
async def test_every_call_to_a_redis_that_is_away_says_so(server: RedisServer, clock: Clock, harm: str) -> None:
    client = connect(server.url)
    store = RedisStore(client, clock=clock)
    await store.put(7, "a", [ANA])
    server.pause() if harm == "pause" else server.kill()
    for call in (store.put(7, "a", [ANA]), store.others(7, "b"), store.drop(7, "a")):
        with pytest.raises(StoreAway):
            await call
    await client.aclose(close_connection_pool=True)
