"""The copy of a stream in Redis is used only where it is whole."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError

from chaos.stack.redis_server import RedisServer
from chat.delivery.redis import connect
from chat.delivery.replay import KEPT, KEPT_BYTES, SECONDS, Entry, Replay

ROOM = "room.1"
KEY = "parley:test:room.1"


@pytest_asyncio.fixture
async def replay(server: RedisServer) -> AsyncIterator[Replay]:
    client = connect(server.url)
    yield Replay(client, "parley:test")
    await client.aclose(close_connection_pool=True)


def steps(first: int, last: int, stream: str = ROOM) -> list[Entry]:
    return [Entry(stream, seq - 1, seq, f"step {seq} \x00é".encode()) for seq in range(first, last + 1)]


async def test_steps_come_back_as_they_were(replay: Replay) -> None:
    await replay.append(steps(1, 5))
    assert await replay.since(ROOM, 0, limit=100) == steps(1, 5)
    assert await replay.since(ROOM, 3, limit=100) == steps(4, 5)


async def test_no_more_than_the_limit_comes_back(replay: Replay) -> None:
    await replay.append(steps(1, 5))
    assert await replay.since(ROOM, 1, limit=2) == steps(2, 3)


async def test_streams_do_not_mix(replay: Replay) -> None:
    await replay.append(steps(1, 2) + steps(1, 3, "inbox.1"))
    assert await replay.since(ROOM, 0, limit=100) == steps(1, 2)
    assert await replay.since("inbox.1", 0, limit=100) == steps(1, 3, "inbox.1")


async def test_appending_twice_changes_nothing(replay: Replay) -> None:
    await replay.append(steps(1, 3))
    await replay.append(steps(1, 3))
    await replay.append(steps(2, 4))
    assert await replay.since(ROOM, 0, limit=100) == steps(1, 4)


async def test_appending_nothing_is_no_error(replay: Replay) -> None:
    await replay.append([])


async def test_a_step_that_comes_too_late_leaves_a_gap_that_is_noticed(replay: Replay) -> None:
    await replay.append(steps(1, 2))
    await replay.append(steps(4, 4))
    await replay.append(steps(3, 3))
    assert await replay.since(ROOM, 0, limit=100) is None
    assert await replay.since(ROOM, 2, limit=100) is None
    assert await replay.since(ROOM, 3, limit=100) == steps(4, 4)


async def test_positions_may_skip_where_the_steps_say_so(replay: Replay) -> None:
    chain = [Entry(ROOM, 2, 5, b"a"), Entry(ROOM, 5, 9, b"b")]
    await replay.append(chain)
    assert await replay.since(ROOM, 2, limit=100) == chain
    assert await replay.since(ROOM, 3, limit=100) is None


async def test_what_was_trimmed_away_is_missed(replay: Replay) -> None:
    await replay.append(steps(1, KEPT * 2))
    assert await replay.since(ROOM, 0, limit=100) is None
    assert await replay.since(ROOM, KEPT, limit=KEPT) == steps(KEPT + 1, KEPT * 2)


async def test_nothing_beyond_the_end_is_not_taken_for_an_answer(replay: Replay) -> None:
    await replay.append(steps(1, 3))
    assert await replay.since(ROOM, 3, limit=100) is None
    assert await replay.since(ROOM, 9, limit=100) is None
    assert await replay.since("room.2", 0, limit=100) is None


async def test_a_deleted_stream_begins_anew_and_is_used_from_there_on(replay: Replay, server: RedisServer) -> None:
    await replay.append(steps(1, 5))
    with server.client() as harm:
        harm.delete(KEY)
    assert await replay.since(ROOM, 2, limit=100) is None
    await replay.append(steps(6, 7))
    assert await replay.since(ROOM, 4, limit=100) is None
    assert await replay.since(ROOM, 5, limit=100) == steps(6, 7)


async def test_an_old_step_that_returns_after_a_loss_is_noticed(replay: Replay, server: RedisServer) -> None:
    await replay.append(steps(1, 5))
    with server.client() as harm:
        harm.delete(KEY)
    await replay.append(steps(2, 2) + steps(6, 6))
    assert await replay.since(ROOM, 1, limit=100) is None


async def test_a_stream_does_not_stay_for_ever(replay: Replay, server: RedisServer) -> None:
    await replay.append(steps(1, 1))
    with server.client() as look:
        assert 0 < look.ttl(KEY) <= SECONDS


async def test_large_steps_are_kept_while_they_come_to_no_more_than_a_stream_may(replay: Replay) -> None:
    large = [Entry(ROOM, seq - 1, seq, b"x" * 80_000) for seq in range(1, 31)]
    for step in large:
        await replay.append([step])
    answers = [await replay.since(ROOM, seq, limit=100) for seq in range(30)]
    kept = next(answer for answer in answers if answer is not None)
    assert kept == large[-len(kept) :]
    assert KEPT_BYTES - 80_000 < sum(len(step.data) for step in kept) <= KEPT_BYTES


async def test_a_server_that_is_full_of_copies_keeps_new_ones_again(replay: Replay, server: RedisServer) -> None:
    streams = [f"room.{number}" for number in range(8)]
    with server.client() as look:
        look.config_set("maxmemory-policy", "noeviction")
        look.config_set("maxmemory", look.info("memory")["used_memory"] + 2_000_000)

    async def say_something_everywhere(seq: int) -> list[str | None]:
        return [await replay.append([Entry(each, seq - 1, seq, b"x" * 80_000)]) for each in streams]

    refusals = [refusal for seq in range(1, 20) for refusal in await say_something_everywhere(seq)]
    assert any("OOM" in refusal for refusal in refusals if refusal is not None)
    assert sum(refusal is None for refusal in refusals[-40:]) > 20


async def test_a_stream_that_refuses_a_step_is_not_kept_for_longer(replay: Replay, server: RedisServer) -> None:
    with server.client() as harm:
        harm.set(KEY, "no stream", ex=60)
        assert await replay.append(steps(1, 1)) is not None
        assert 0 < harm.ttl(KEY) <= 60


async def test_redis_refusing_is_an_error(replay: Replay, server: RedisServer) -> None:
    with server.client() as harm:
        harm.set(KEY, "no stream")
    assert "WRONGTYPE" in (await replay.append(steps(1, 1)) or "")
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await replay.since(ROOM, 0, limit=100)


async def test_redis_away_is_an_error(replay: Replay, server: RedisServer) -> None:
    server.kill()
    with pytest.raises(RedisConnectionError):
        await replay.append(steps(1, 1))
    with pytest.raises(RedisConnectionError):
        await replay.since(ROOM, 0, limit=100)


async def test_redis_frozen_is_an_error_after_a_second(replay: Replay, server: RedisServer) -> None:
    await replay.append(steps(1, 1))
    server.pause()
    for call in (replay.append(steps(2, 2)), replay.since(ROOM, 0, limit=100)):
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            await call
        assert time.monotonic() - started < 5
    server.resume()
    await replay.append(steps(2, 2))
    assert await replay.since(ROOM, 0, limit=100) == steps(1, 2)
