"""Whether workers hear each other, asked while nobody else talks: in a busy room the next message betrays a loss."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chaos.clients.tab import Tab
from chaos.pulse import Pulse
from chaos.stack.repairs import repaired
from chaos.stack.stack import Stack

AFTER, UNHEARD = "a lone message is shown after", "lone messages that came by no hint"
WITHIN = 1.0
"""Seconds, beside what the machine took: a hint takes a hundredth, the poll without one up to fifteen."""
TURNS = 3
GIVEN_UP_AFTER = 30.0
COUNTED_AFTER = 1.5


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message in each room from one client of each worker, each at a time when the other worker says nothing."""

    slowest: float
    """Seconds from an acknowledgement until all clients of the other worker showed the message."""
    unheard: int
    """Changes that a worker had to look for."""
    stall: float
    """Seconds that the machine may have held anybody up: the longest send, or a standstill of the clients."""


async def take_turns(stack: Stack, tabs: Sequence[Tab], rooms: Collection[int]) -> Turn:
    """The first turn in which hints brought everything, or the last. All tabs are level, and show all the rooms.

    A poll may look between a commit and its hint, most of all on a starved machine. Who is deaf is so in every turn.
    """
    for _ in range(TURNS):
        turn = await _turn(stack, tabs, rooms)
        if not turn.unheard:
            break
    return turn


async def _turn(stack: Stack, tabs: Sequence[Tab], rooms: Collection[int]) -> Turn:
    spread = stack.spread(tabs)
    before = await _counted(stack)
    times: list[tuple[float, float]] = []
    async with Pulse() as pulse:
        for here in spread.values():
            there = [tab for tab in tabs if tab not in here]
            times += await asyncio.gather(*(_lone(here[0], room, there) for room in rooms))
    return Turn(
        slowest=max(shown for _, shown in times),
        unheard=await _counted(stack) - before,
        stall=max(pulse.longest, *(acked for acked, _ in times)),
    )


async def _counted(stack: Stack) -> int:
    # What a worker found just now it counts within a second.
    await asyncio.sleep(COUNTED_AFTER)
    return (await repaired(stack.site)).total


async def _lone(sender: Tab, room: int, others: Collection[Tab]) -> tuple[float, float]:
    """Seconds to the acknowledgement, and from then until all the others show it."""
    begun = time.monotonic()
    row = await sender.outbox.send(room, "alone")
    acked = time.monotonic()
    while deaf := [tab.name for tab in others if row.id not in tab.rooms[room].rows]:
        if time.monotonic() - acked > GIVEN_UP_AFTER:
            raise TimeoutError(f"after {GIVEN_UP_AFTER:g} s a lone message in room {room} is not shown to {deaf}")
        await asyncio.sleep(0.01)
    return acked - begun, time.monotonic() - acked
