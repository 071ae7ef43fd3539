"""The hub and the log it is level with."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterable
from typing import cast

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chat.delivery import hub as hub_module
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.hub import Hub
from chat.delivery.link import Link
from chat.delivery.links import Links, Shard
from chat.errors import Unavailable
from tests.waiting import until

ROOM, INBOX = StreamKey("room", 1), StreamKey("inbox", 1)


class Log:
    """Positions, and who asked for them."""

    def __init__(self) -> None:
        self.heads = {ROOM: 5, INBOX: 2}
        self.asked = 0

    async def read(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        self.asked += 1
        return {stream: self.heads[stream] for stream in streams}


class NoRepairs:
    from_redis = from_database = 0

    def begin(self, feed: Feed) -> None:
        """What is missing stays missing."""


@pytest.fixture
def log() -> Log:
    return Log()


@pytest_asyncio.fixture
async def hub(log: Log) -> AsyncIterator[Hub]:
    hub = Hub(heads=log.read, repairs=lambda _: NoRepairs(), on_told=lambda *_: None)
    for stream, head in log.heads.items():
        hub.host(stream, head=head)
    running = asyncio.create_task(hub.run())
    yield hub
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def poll(hub: Hub, log: Log) -> None:
    before = log.asked
    hub.poll_soon()
    await until(lambda: log.asked > before)
    await asyncio.sleep(0.01)


async def test_a_log_behind_what_was_told_is_an_alert_once(
    hub: Hub, log: Log, caplog: pytest.LogCaptureFixture
) -> None:
    log.heads[ROOM] = 3
    for _ in range(3):
        await poll(hub, log)
    assert caplog.text.count("database_went_back") == 1
    assert "renew_epoch" in caplog.text


async def test_a_log_that_moves_on_is_none(hub: Hub, log: Log, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    log.heads[ROOM] = 9
    await poll(hub, log)
    assert hub.feeds[ROOM].known == 9
    assert not caplog.records


async def test_what_is_told_while_the_log_is_read_is_none_either(
    hub: Hub, log: Log, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.ERROR)

    async def read_slowly(streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        found = await log.read(streams)
        hub.receive([Change(stream=ROOM, prev=5, seq=6, text=b"{}")])
        return found

    monkeypatch.setattr(hub, "_heads", read_slowly)
    await poll(hub, log)
    assert hub.feeds[ROOM].head == 6
    assert not caplog.records


async def test_a_new_life_of_the_log_begins_with_no_feed(hub: Hub, log: Log) -> None:
    before = hub.feeds[ROOM]
    hub.forget()
    assert not hub.feeds
    log.heads[ROOM] = 1
    feed = hub.host(ROOM, head=1)
    assert feed is not before
    hub.receive([Change(stream=ROOM, prev=1, seq=2, text=b"{}")])
    assert feed.head == 2


async def test_a_log_that_cannot_be_read_is_looked_at_again_a_second_later(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "_all_joined", lambda: True)
    await poll(hub, log)
    failures = [Unavailable(), Unavailable()]

    async def read(streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        if failures:
            raise failures.pop()
        return await log.read(streams)

    monkeypatch.setattr(hub, "_heads", read)
    log.heads[ROOM] = 9
    hub.poll_soon()
    await until(lambda: hub.feeds[ROOM].known == 9, within=8)


async def test_a_log_that_cannot_be_read_is_not_asked_more_often_for_being_doubted(
    hub: Hub, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def read(streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        nonlocal asked
        asked += 1
        raise Unavailable

    monkeypatch.setattr(hub, "_heads", read)
    begun = time.monotonic()
    for _ in range(100):
        hub.poll_soon()
        await asyncio.sleep(0.02)
    assert asked <= (time.monotonic() - begun) / hub_module.POLL_UNWELL + 1


class SlowLink:
    """To a Redis that takes its time over a subscription: nothing tells when it is there but a probe."""

    well, doubtful = True, False

    def __init__(self) -> None:
        self.probe_came_back = False

    async def join(self, stream_group: str) -> bool:
        return True

    def heard_since(self, moment: float) -> bool:
        return self.probe_came_back


async def test_a_change_missed_while_redis_was_still_to_subscribe_is_found_by_another_look(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "POLL_WELL", 1000.0)
    link = SlowLink()
    hub = Hub(heads=log.read, repairs=lambda _: NoRepairs(), on_told=lambda *_: None)
    hub.links = Links([Shard(cast(Link, link), cast(Redis, None))])
    running = asyncio.create_task(hub.run())
    feed = hub.host(ROOM, head=5)
    await until(lambda: feed.joined and log.asked > 0)
    log.heads[ROOM] = 6  # committed and published: Redis did not carry out the subscription yet
    link.probe_came_back = True
    await until(lambda: feed.known == 6, within=5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert log.asked == 2
