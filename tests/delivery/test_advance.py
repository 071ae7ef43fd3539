"""News of a room for those who only watch it."""

import asyncio
import gc
import json
import weakref

from chat.delivery.advance import INTERVAL, Advances
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription
from chat.protocol.close_codes import CloseCode

ROOM = StreamKey("room", 1)


class Sink:
    def __init__(self) -> None:
        self.heads: list[int] = []

    def write(self, frame: Frame) -> None:
        self.heads += [json.loads(text)["head"] for text in frame.texts]

    def close(self, code: CloseCode, reason: str) -> None:
        raise AssertionError("nothing here closes")


def watched(sink: Sink) -> Feed:
    feed = Feed(ROOM, head=0, on_gap=lambda _: None, on_told=lambda *_: None)
    feed.watch(Subscription(person_id=1, outlet=sink, on_revoked=lambda: None))
    return feed


def change(seq: int) -> Change:
    return Change(stream=ROOM, prev=seq - 1, seq=seq, text=b"{}", message_count=seq)


async def test_the_first_news_goes_at_once_and_the_rest_at_most_once_a_second():
    sink, advances = Sink(), Advances()
    feed = watched(sink)
    for seq in range(1, 6):
        advances.noted(feed, change(seq))
    assert sink.heads == [1]
    async with asyncio.timeout(INTERVAL * 5):
        while len(sink.heads) < 2:
            await asyncio.sleep(0.01)
    assert sink.heads == [1, 5]


async def test_a_feed_that_ended_is_not_kept():
    advances = Advances()
    feed = watched(Sink())
    advances.noted(feed, change(1))
    gone = weakref.ref(feed)
    del feed
    gc.collect()
    assert gone() is None
