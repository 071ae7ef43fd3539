"""Waiting for something that has to become true."""

import asyncio
from collections.abc import Callable


async def until(truth: Callable[[], bool], *, within: float = 10.0) -> None:
    """Return as soon as it is true. Raises `TimeoutError` where it is not within the seconds."""
    async with asyncio.timeout(within):
        while not truth():
            await asyncio.sleep(0.02)
