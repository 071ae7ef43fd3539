"""What a perch notices of one canary's songs."""

import json

import pytest

from chat.canary.perch import Perch
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.frames import Frame

CANARY = StreamKey("canary", 1)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def song(prev: int, seq: int) -> bytes:
    return json.dumps({"type": "canary.sung", "canary": 1, "prev": prev, "seq": seq}).encode()


def make_perch(clock: Clock | None = None) -> Perch:
    feed = Feed(CANARY, head=5, on_gap=lambda _: None, on_told=lambda *_: None)
    return Perch(feed, worker="other", clock=clock or Clock())


async def test_it_hears_what_the_feed_writes_to_its_subscribers() -> None:
    perch = make_perch()
    for seq in (6, 7):
        perch.feed.receive(Change(stream=CANARY, prev=seq - 1, seq=seq, text=song(seq - 1, seq)))
    perch.feed.flush()
    assert (perch.heard, perch.songs, perch.disordered) == (7, 2, 0)


async def test_a_song_repaired_from_the_database_may_stand_for_several() -> None:
    perch = make_perch()
    perch.write(Frame(song(5, 9)))
    assert (perch.heard, perch.disordered) == (9, 0)


@pytest.mark.parametrize("songs", [[(5, 6), (5, 6)], [(6, 7)], [(5, 7), (5, 6)]], ids=["twice", "a hole", "backwards"])
async def test_what_is_out_of_order_is_counted(songs: list[tuple[int, int]]) -> None:
    perch = make_perch()
    for prev, seq in songs:
        perch.write(Frame(song(prev, seq)))
    assert perch.disordered == 1


async def test_what_is_committed_and_not_heard_is_overdue_until_it_is_heard() -> None:
    clock = Clock()
    perch = make_perch(clock)
    perch.expect(5)
    clock.now += 10
    assert perch.overdue() == 0
    perch.expect(6)
    clock.now += 2
    perch.expect(7)
    clock.now += 2
    assert perch.overdue() == 4
    perch.write(Frame(song(5, 6)))
    assert perch.overdue() == 2
    perch.write(Frame(song(6, 7)))
    assert perch.overdue() == 0
