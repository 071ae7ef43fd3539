"""When the layer counts as well, by a clock and a layer of the test's own."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

import pytest

from chat.delivery import health
from chat.delivery.health import Health


class World:
    """A clock that only waiting moves, and a layer that is as good as the test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.sent: list[float] = []
        self.became_well = self.doubted = 0
        self.echo = False
        self.send: Callable[[float], Awaitable[None]] = self.take
        self.at: dict[float, Callable[[], None]] = {}
        self.health = Health(self._send, clock=lambda: self.now, on_well=self._well, on_doubt=self._doubt)
        monkeypatch.setattr("chat.delivery.health.asyncio.sleep", self._sleep)

    async def run(self, seconds: float) -> None:
        """Let so much time pass. Only for layers that answer or refuse at once."""
        self._until = self.now + seconds
        with pytest.raises(Over):
            await self.health.run()

    async def take(self, sent_at: float) -> None:
        if self.echo:
            self.health.heard(sent_at)

    async def refuse(self, sent_at: float) -> NoReturn:
        raise ConnectionError("on purpose")

    async def slow(self, sent_at: float) -> None:
        """Takes all of its deadline, and echoes within it."""
        self.now += health.DEADLINE
        self.health.heard(sent_at)

    async def _send(self, sent_at: float) -> None:
        self.sent.append(sent_at)
        await self.send(sent_at)

    async def _sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds
        if self.now >= self._until:
            raise Over

    def _well(self) -> None:
        self.became_well += 1

    def _doubt(self) -> None:
        self.doubted += 1


class Over(Exception):
    """The test has seen enough."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


async def test_it_is_unwell_until_a_probe_is_heard(world: World) -> None:
    assert not world.health.well
    await world.run(2.5)
    assert not world.health.well
    world.echo = True
    await world.run(1)
    assert world.health.well
    assert world.became_well == 1


async def test_a_probe_goes_out_every_second(world: World) -> None:
    world.echo = True
    await world.run(5)
    assert world.sent == [100, 101, 102, 103, 104]


async def test_a_probe_goes_out_every_second_also_when_sending_takes_all_of_it(world: World) -> None:
    world.send = world.slow
    await world.run(5)
    assert world.sent == [100, 101, 102, 103, 104]
    assert world.health.round_trip == health.DEADLINE


async def test_probes_that_a_stall_prevented_are_not_made_up_for(world: World) -> None:
    async def stall(sent_at: float) -> None:
        if sent_at == 101:
            world.now += 4.5

    world.send = stall
    await world.run(7)
    assert world.sent == [100, 101, 105.5, 106.5]


async def test_three_missed_probes_make_it_unwell_and_one_heard_makes_it_well(world: World) -> None:
    world.echo = True
    await world.run(2)
    world.echo = False
    await world.run(3)
    assert world.health.well
    assert world.health.missed == 2
    await world.run(2)
    assert not world.health.well
    world.echo = True
    await world.run(1)
    assert world.health.well
    assert world.health.missed == 0
    assert world.became_well == 2


async def test_the_first_missed_probe_and_the_opening_of_the_breaker_are_told(world: World) -> None:
    world.echo = True
    await world.run(2)
    assert world.doubted == 0
    world.echo = False
    await world.run(2)
    assert (world.health.missed, world.doubted) == (1, 1)
    await world.run(10)
    assert world.doubted == 2
    world.echo = True
    await world.run(1)
    for _ in range(5):
        world.health.failed(OSError("on purpose"))
    assert world.doubted == 3


async def test_missed_probes_count_only_in_a_row(world: World) -> None:
    world.echo = True
    await world.run(2)
    for _ in range(4):
        world.echo = False
        await world.run(2)
        assert world.health.missed
        world.echo = True
        await world.run(1)
        assert world.health.missed == 0
    assert world.health.well
    assert world.became_well == 1


async def test_probes_that_come_back_after_their_second_do_not_make_it_well(world: World) -> None:
    async def echo_the_one_before(sent_at: float) -> None:
        if len(world.sent) > 1:
            world.health.heard(world.sent[-2])

    world.send = echo_the_one_before
    await world.run(10)
    assert not world.health.well
    assert world.health.round_trip is None


async def test_a_burst_of_old_probes_after_a_freeze_ends_with_the_one_that_counts(world: World) -> None:
    world.echo = True
    await world.run(2)
    world.echo = False
    await world.run(6)
    assert not world.health.well
    for sent_at in world.sent[-4:-1]:
        world.health.heard(sent_at)
    assert not world.health.well
    world.health.heard(world.sent[-1])
    assert world.health.well
    assert world.health.round_trip == world.now - world.sent[-1]


async def test_three_failed_calls_make_it_unwell_at_once(world: World) -> None:
    world.echo = True
    await world.run(1)
    world.health.failed(OSError("on purpose"))
    world.health.failed(OSError("on purpose"))
    assert world.health.well
    world.health.failed(OSError("on purpose"))
    assert not world.health.well


async def test_a_probe_heard_forgives_failed_calls(world: World) -> None:
    world.echo = True
    await world.run(1)
    for _ in range(4):
        world.health.failed(OSError("on purpose"))
        world.health.failed(OSError("on purpose"))
        await world.run(1)
        assert world.health.well


async def test_a_probe_that_cannot_be_sent_is_a_failed_call(world: World) -> None:
    world.echo = True
    await world.run(1)
    world.send = world.refuse
    await world.run(2)
    assert world.health.well
    await world.run(1)
    assert not world.health.well


async def test_ten_seconds_unwell_are_an_error_in_the_log_and_their_end_is_told(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="chat.delivery.health")
    world.echo = True
    await world.run(1)
    world.echo = False
    await world.run(12)
    assert not world.health.alerting
    assert not caplog.records
    await world.run(20)
    assert world.health.alerting
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "redis_unwell_for_10s" in caplog.records[0].message
    world.echo = True
    await world.run(1)
    assert not world.health.alerting
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


async def test_a_layer_that_was_never_well_is_an_error_in_the_log_too(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.run(12)
    assert world.health.alerting
    assert "redis_unwell_for_10s" in caplog.text


async def test_a_send_that_hangs_ends_after_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[float] = []

    async def hang(sent_at: float) -> None:
        sent.append(sent_at)
        await asyncio.Event().wait()

    monkeypatch.setattr(health, "DEADLINE", 0.1)
    monkeypatch.setattr(health, "INTERVAL", 0.1)
    running = asyncio.create_task(Health(hang).run())
    await asyncio.sleep(1)
    running.cancel()
    assert 5 <= len(sent) <= 11
