"""Canaries over the real journal, reader and database; the other worker is played by the test."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from chat.actions.canary import hatch, sing
from chat.canary import canary as canary_module
from chat.canary.canary import Canary
from chat.delivery import publish
from chat.delivery.carrier import Carrier
from chat.delivery.change import StreamKey
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.delivery.hub import Hub
from chat.delivery.links import Links
from chat.delivery.repair import Repair
from chat.errors import Unavailable
from chat.journal import Journal
from chat.models import Canary as Row
from chat.queries.changes import changes_since, heads
from chat.reader import Reader
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Cage:
    """A worker with a canary; `deaf`: its hub learns of nothing by itself."""

    canary: Canary
    hub: Hub
    reader: Reader
    feeds: list[Feed] = field(default_factory=list)
    deaf: bool = False

    async def heads(self, streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        found = await self.reader.run(heads, list(streams))
        return {} if self.deaf else found  # also where it became so while that was read


@pytest_asyncio.fixture
async def cage(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cage]:
    # However slow this machine is, nothing is late before a test says so.
    monkeypatch.setattr(canary_module, "LATE_AFTER", math.inf)
    monkeypatch.setattr(canary_module, "LOST_AFTER", math.inf)
    journal, reader = Journal(), Reader()

    async def read_heads(streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
        return await cage.heads(streams)

    def repair(hub: Hub) -> Repair:
        return Repair(
            changes_since=lambda stream, seq: reader.run(changes_since, stream, seq),
            replay=lambda _: None,
            feeds=hub.feeds,
        )

    hub = Hub(heads=read_heads, repairs=repair, on_told=lambda *_: None)
    publish.use(Carrier(worker="here", receive=hub.receive, links=Links()))
    cage = Cage(Canary(worker="here", hub=hub, journal=journal, reader=reader, seconds=0.1), hub, reader)
    running = [asyncio.create_task(work) for work in (hub.run(), cage.canary.run())]
    yield cage
    publish.use(publish.Unheard())
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await asyncio.to_thread(journal.close)
    await asyncio.to_thread(reader.close)


async def another() -> int:
    """Another worker's canary, which sang where this process does not hear it."""
    pk = await sync_to_async(hatch)(worker="there")
    await sync_to_async(_sing_far_away)(pk)
    return pk


def _sing_far_away(pk: int) -> None:
    Row.objects.filter(pk=pk).update(head=Row.objects.get(pk=pk).head + 1)


async def test_a_worker_hears_itself(cage: Cage) -> None:
    await until(lambda: cage.canary.heard >= 3)
    assert cage.canary.trouble is None
    assert cage.canary.listened_to == 1
    assert cage.canary.store_seconds > 0


async def test_a_worker_that_is_not_heard_is_late_and_then_lost_and_then_well(
    cage: Cage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO, logger="chat.canary.canary")
    pk = await another()
    await until(lambda: cage.canary.listened_to == 2)
    # A repair of its first song that is still under way would bring the next one, too.
    first = cage.hub.feeds[StreamKey("canary", pk)]
    await until(lambda: first.head == first.known == 1)
    cage.deaf = True
    await sync_to_async(_sing_far_away)(pk)
    monkeypatch.setattr(canary_module, "LATE_AFTER", 0.5)
    await until(lambda: cage.canary.trouble == "late")
    monkeypatch.setattr(canary_module, "LOST_AFTER", 1.0)
    await until(lambda: cage.canary.trouble == "lost")
    cage.deaf = False
    await until(lambda: cage.canary.trouble is None)
    assert cage.canary.alerts == 2
    told = [record.getMessage().split(":")[0] for record in caplog.records]
    assert told == ["canary_late", "canary_lost", "canary_well_again"]
    assert "there is not heard" in caplog.text


async def test_songs_out_of_order_are_told(cage: Cage, caplog: pytest.LogCaptureFixture) -> None:
    await until(lambda: cage.canary.heard >= 1)
    [feed] = cage.hub.feeds.values()
    [subscription] = feed.live
    subscription.outlet.write(Frame(b'{"prev": 0, "seq": 1}'))
    await until(lambda: cage.canary.alerts == 1)
    assert "canary_disordered" in caplog.text
    await until(lambda: cage.canary.trouble is None)


async def test_a_database_that_does_not_take_songs_is_told(cage: Cage, monkeypatch: pytest.MonkeyPatch) -> None:
    await until(lambda: cage.canary.heard >= 1)

    def refuse(*, canary_id: int) -> int:
        raise Unavailable

    monkeypatch.setattr(canary_module, "sing", refuse)
    await until(lambda: cage.canary.trouble == "unsaved")
    monkeypatch.setattr(canary_module, "sing", sing)
    await until(lambda: cage.canary.trouble is None)


async def test_a_canary_that_was_swept_away_is_hatched_again(cage: Cage) -> None:
    await until(lambda: cage.canary.heard >= 1)
    await sync_to_async(Row.objects.all().delete)()
    heard = cage.canary.heard
    await until(lambda: cage.canary.heard > heard + 2)
    assert cage.canary.trouble is None
    assert cage.canary.listened_to == 1
