"""The end of a run: wait until everybody has everything, then ask the oracle."""

import asyncio
import time
from collections.abc import Collection
from math import inf

from chaos.clients.tab import Tab
from chaos.measures import not_sent
from chaos.oracle.case import Case
from chaos.oracle.history import History
from chaos.oracle.judge import judge
from chaos.oracle.verdict import Report
from chaos.stack.stack import Stack

HEADS = "SELECT id, head FROM chat_room"


async def converged(stack: Stack, tabs: Collection[Tab], *, within: float) -> float:
    """Seconds until every tab's rooms are level with the database; raises TimeoutError with the laggards."""
    begun = time.monotonic()
    while behind := _behind(stack, tabs):
        if time.monotonic() - begun > within:
            raise TimeoutError(f"not level after {within} s: {behind}")
        await asyncio.sleep(0.1)
    return time.monotonic() - begun


def judged(stack: Stack, history: History, rooms: Collection[int], *, stale_after: float = inf) -> Report:
    """The oracle's report on these rooms, printed as well. No message may have been refused to its sender for good."""
    stored = [row for row in stack.database.rows() if row.room in rooms]
    assert (refused := not_sent(Case.of(history, stored))).ok, refused
    report = judge(history, stored, stale_after=stale_after)
    print(report)
    return report


def _behind(stack: Stack, tabs: Collection[Tab]) -> list[str]:
    heads: dict[int, int] = dict(stack.database.select(HEADS))
    return [
        f"{tab.name} in room {room} at {timeline.mine} of {heads[room]}"
        for tab in tabs
        for room, timeline in tab.rooms.items()
        if not timeline.ended and (not timeline.settled.is_set() or timeline.mine < heads[room])
    ]
