"""Repairing feeds."""

import asyncio
from dataclasses import dataclass

import pytest

from chat.delivery import repair as repair_module
from chat.delivery.change import Change, StreamKey
from chat.delivery.feed import Feed
from chat.delivery.repair import Repair
from tests.waiting import until

ROOM = StreamKey("room", 1)


@dataclass
class Missed:
    head: int
    changes: list[Change]
    more: bool = False


def change(seq: int) -> Change:
    return Change(stream=ROOM, prev=seq - 1, seq=seq, text=b"{}")


async def test_a_gap_that_shows_in_the_turn_in_which_a_repair_ends_is_repaired_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(repair_module, "PATIENCE", 0)
    loop = asyncio.get_running_loop()
    log, asked, answer = [change(1), change(2)], asyncio.Event(), loop.create_future()

    async def changes_since(stream: StreamKey, seq: int) -> Missed:
        asked.set()
        if not answer.done():
            await answer
        return Missed(log[-1].seq, log[seq:])

    feeds: dict[StreamKey, Feed] = {}
    repair = Repair(changes_since=changes_since, replay=lambda _: None, feeds=feeds)
    feed = feeds[ROOM] = Feed(ROOM, head=0, on_gap=repair.begin, on_told=lambda *_: None)
    feed.receive(change(2))
    await asked.wait()
    answer.set_result(None)  # the repair's last step comes in the next turn of the loop
    loop.call_soon(feed.receive, change(4))  # and this after it, in the same; what stands between was lost
    await until(lambda: feed.head == 2)
    log += [change(3), change(4)]
    await until(lambda: feed.head == 4, within=5)
