"""The feed: whatever comes in, in whatever order, goes out once, in order, with nothing missing."""

import random

from hypothesis import given
from hypothesis import strategies as st

from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription
from chat.protocol.close_codes import CloseCode

ROOM = StreamKey("room", 1)


class Sink:
    """An outlet that remembers."""

    def __init__(self) -> None:
        self.got: list[int] = []

    def write(self, frame: Frame) -> None:
        self.got.extend(map(int, frame.texts))

    def close(self, code: CloseCode, reason: str) -> None:
        raise AssertionError("nothing here closes")


def change(seq: int, *, prev: int | None = None, revokes: tuple[int, ...] = (), wide: bool = False) -> Change:
    prev = seq - 1 if prev is None else prev
    return Change(stream=ROOM, prev=prev, seq=seq, text=str(seq).encode(), revokes=revokes, wide=wide)


def make_feed(gaps: list[int] | None = None, *, head: int = 0) -> Feed:
    heard = [] if gaps is None else gaps
    return Feed(ROOM, head=head, on_gap=lambda feed: heard.append(feed.known), on_told=lambda *_: None)


def got(feed: Feed, sink: Sink) -> list[int]:
    """What a subscriber has once everything collected is written."""
    feed.flush()
    return sink.got


def subscribe(feed: Feed, *, person_id: int = 1) -> tuple[Subscription, Sink]:
    sink = Sink()
    subscription = Subscription(person_id=person_id, outlet=sink, on_revoked=lambda: sink.got.append(-1))
    feed.join(subscription)
    return subscription, sink


async def test_changes_in_order_go_out_at_once():
    feed = make_feed()
    subscription, sink = subscribe(feed)
    feed.go_live(subscription, 0)
    for seq in (1, 2, 3):
        feed.receive(change(seq))
    assert got(feed, sink) == [1, 2, 3]


async def test_an_early_change_waits_and_asks_for_its_predecessor():
    gaps: list[int] = []
    feed = make_feed(gaps)
    subscription, sink = subscribe(feed)
    feed.go_live(subscription, 0)
    feed.receive(change(2))
    assert got(feed, sink) == []
    assert gaps == [2]
    assert feed.behind
    feed.receive(change(1))
    assert got(feed, sink) == [1, 2]
    assert not feed.behind


async def test_a_snapshot_ahead_of_the_feed_hides_what_it_contains():
    feed = make_feed(head=3)
    subscription, sink = subscribe(feed)
    feed.go_live(subscription, 5)
    for seq in (4, 5, 6):
        feed.receive(change(seq))
    assert got(feed, sink) == [6]
    assert subscription in feed.live


async def test_what_arrives_while_the_snapshot_is_read_is_told_once():
    feed = make_feed(head=3)
    subscription, sink = subscribe(feed)
    feed.receive(change(4))
    feed.receive(change(5))
    feed.go_live(subscription, 4)
    feed.receive(change(6))
    assert got(feed, sink) == [5, 6]


async def test_a_change_that_jumps_over_superseded_ones_is_told():
    feed = make_feed(head=3)
    subscription, sink = subscribe(feed)
    feed.go_live(subscription, 3)
    feed.receive(change(9, prev=3))
    feed.receive(change(7))
    feed.receive(change(10))
    assert got(feed, sink) == [9, 10]


async def test_a_revoked_person_hears_nothing_from_that_step_on():
    feed = make_feed()
    ben, ben_heard = subscribe(feed, person_id=2)
    ana, ana_heard = subscribe(feed, person_id=1)
    feed.go_live(ben, 0)
    feed.go_live(ana, 0)
    feed.receive(change(1))
    feed.receive(change(3))
    feed.receive(change(2, revokes=(2,)))
    assert got(feed, ana_heard) == [1, 2, 3]
    assert got(feed, ben_heard) == [1, -1]


async def test_a_person_revoked_while_joining_is_told_nothing():
    feed = make_feed()
    ben, heard = subscribe(feed, person_id=2)
    feed.receive(change(1))
    feed.receive(change(2, revokes=(2,)))
    feed.go_live(ben, 0)
    feed.receive(change(3))
    assert got(feed, heard) == [-1]


async def test_watchers_hear_only_wide_changes():
    feed = make_feed()
    sink = Sink()
    feed.watch(Subscription(person_id=1, outlet=sink, on_revoked=lambda: None))
    feed.receive(change(1))
    feed.receive(change(2, wide=True))
    assert got(feed, sink) == [2]


@given(seed=st.integers(), count=st.integers(1, 60), start=st.integers(0, 60))
async def test_any_order_and_any_repetition_goes_out_once_and_in_order(seed, count, start):
    chance = random.Random(seed)
    start = min(start, count)
    feed = make_feed(head=start)
    early, late = subscribe(feed), subscribe(feed)
    arrivals = [change(seq) for seq in range(1, count + 1)] * 2
    chance.shuffle(arrivals)
    go_early, go_late = sorted(chance.randrange(len(arrivals)) for _ in range(2))
    seen: dict[int, int] = {}
    for index, each in enumerate(arrivals):
        for at, (subscription, _) in ((go_early, early), (go_late, late)):
            if index == at:
                seen[id(subscription)] = feed.head
                feed.go_live(subscription, feed.head)
        feed.receive(each)
    for subscription, sink in (early, late):
        assert got(feed, sink) == list(range(seen[id(subscription)] + 1, count + 1))
