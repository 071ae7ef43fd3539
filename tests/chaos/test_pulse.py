"""What the clients' own process stood still for is known."""

import asyncio
import time

from chaos.pulse import Pulse


async def test_the_longest_standstill_is_known() -> None:
    async with Pulse() as pulse:
        await asyncio.sleep(0.15)
        time.sleep(0.5)
        await asyncio.sleep(0.15)
        time.sleep(0.2)
        await asyncio.sleep(0.15)
    assert pulse.longest >= 0.39


async def test_whoever_sleeps_does_not_stand_still() -> None:
    async with Pulse() as pulse:
        await asyncio.sleep(2)
    assert pulse.longest < 1
