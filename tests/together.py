"""Moods take their time and little else: many installations suffer at once, each its own."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

Mood = Callable[..., Coroutine[Any, Any, None]]
Ends = dict[Mood, BaseException | None]


def suffer(moods: Sequence[Mood], stage: Callable[[Mood], Coroutine[Any, Any, None]]) -> Ends:
    """Stage all moods at the same time. What each raised."""
    return asyncio.run(_all(moods, stage))


async def _all(moods: Sequence[Mood], stage: Callable[[Mood], Coroutine[Any, Any, None]]) -> Ends:
    ends = await asyncio.gather(*(_one(stage(mood)) for mood in moods), return_exceptions=True)
    return dict(zip(moods, ends, strict=True))


async def _one(staged: Coroutine[Any, Any, None]) -> None:
    async with asyncio.timeout(90):
        await staged
