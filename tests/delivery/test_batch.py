"""Coalescing: what comes while a batch is written shares the next one; what comes alone waits for nothing."""

import asyncio
import time

from chat.delivery.batch import MOST_BYTES, Batch
from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription
from chat.protocol.close_codes import CloseCode


class SlowSink:
    """An outlet whose writes take their time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.writes: list[list[bytes]] = []
        self.seconds = seconds

    def write(self, frame: Frame) -> None:
        time.sleep(self.seconds)
        self.writes.append(list(frame.texts))

    def close(self, code: CloseCode, reason: str) -> None:
        raise AssertionError("nothing here closes")


def subscriber(sink: SlowSink) -> Subscription:
    return Subscription(person_id=1, outlet=sink, on_revoked=lambda: None)


async def written(sink: SlowSink, count: int) -> list[list[bytes]]:
    async with asyncio.timeout(5):
        while sum(map(len, sink.writes)) < count:
            await asyncio.sleep(0)
    return sink.writes


async def test_one_change_goes_when_its_callback_ends():
    sink = SlowSink()
    batch = Batch({subscriber(sink)})
    batch.write(b"1")
    assert sink.writes == []
    await asyncio.sleep(0)
    assert sink.writes == [[b"1"]]


async def test_changes_of_one_callback_share_a_write():
    sink = SlowSink()
    batch = Batch({subscriber(sink)})
    for text in (b"1", b"2", b"3"):
        batch.write(text)
    assert await written(sink, 3) == [[b"1", b"2", b"3"]]


async def test_changes_that_come_right_after_a_slow_write_of_several_are_collected_in_order():
    sink = SlowSink(seconds=0.05)
    batch = Batch({subscriber(sink)})
    for text in (b"1", b"2"):
        batch.write(text)
    await asyncio.sleep(0)
    for text in (b"3", b"4", b"5"):
        batch.write(text)
        await asyncio.sleep(0.001)
    assert await written(sink, 5) == [[b"1", b"2"], [b"3", b"4", b"5"]]


async def test_a_change_after_one_that_came_alone_waits_for_nothing_however_long_that_took_to_write():
    sink = SlowSink(seconds=0.05)
    batch = Batch({subscriber(sink)})
    for text in (b"1", b"2", b"3"):
        batch.write(text)
        await asyncio.sleep(0)
    assert sink.writes == [[b"1"], [b"2"], [b"3"]]


async def test_a_flush_writes_once_what_was_scheduled():
    sink = SlowSink()
    batch = Batch({subscriber(sink)})
    batch.write(b"1")
    batch.flush()
    await asyncio.sleep(0.01)
    assert sink.writes == [[b"1"]]


async def test_a_subscriber_that_leaves_during_the_write_disturbs_nobody():
    sinks = [SlowSink(), SlowSink(), SlowSink()]
    live = set(map(subscriber, sinks))
    batch = Batch(live)

    class Leaver(SlowSink):
        def write(self, frame: Frame) -> None:
            live.clear()
            super().write(frame)

    leaver = Leaver()
    live.add(subscriber(leaver))
    batch.write(b"1")
    batch.flush()
    assert [sink.writes for sink in [*sinks, leaver]] == [[[b"1"]]] * 4


async def test_nothing_is_kept_for_nobody():
    live: set[Subscription] = set()
    batch = Batch(live)
    batch.write(b"1")
    sink = SlowSink()
    live.add(subscriber(sink))
    batch.flush()
    assert sink.writes == []


def test_a_frame_of_many_texts_is_their_frames_in_a_row():
    texts = [b"a", b"b" * 125, b"c" * 126, b"d" * 65535, b"e" * 65536]
    assert Frame(*texts).wire == b"".join(Frame(text).wire for text in texts)
    assert Frame(b"hi").wire == b"\x81\x02hi"
    assert Frame(b"c" * 126).wire[:4] == b"\x81\x7e\x00\x7e"
    assert Frame(b"e" * 65536).wire[:10] == b"\x81\x7f" + (65536).to_bytes(8, "big")


async def test_no_write_is_larger_than_a_batch_may_be():
    sink = SlowSink()
    batch = Batch({subscriber(sink)})
    texts = [str(number).encode() * 50_000 for number in range(10)] + [b"x" * (MOST_BYTES + 1), b"y"]
    for text in texts:
        batch.write(text)
    batch.flush()
    assert [text for write in sink.writes for text in write] == texts
    assert all(sum(map(len, write)) <= MOST_BYTES or len(write) == 1 for write in sink.writes)
    assert len(sink.writes) < len(texts)
