"""How long workers that are told to leave take for it."""

import asyncio
import signal
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from chaos.figure import Figure

GRACE = 30.0
"""Seconds that gunicorn gives a worker to leave. In a roll it goes on without those that do not."""
LOOK = 0.02


class Drains:
    """Those of one run. `workers`: the process ids of the workers there are now."""

    def __init__(self, workers: Callable[[], Collection[int]]) -> None:
        self._workers = workers
        self._watches: list[asyncio.Task[float]] = []

    def watch(self, leaving: set[int], *, rolled: bool = False) -> None:
        """These were told to leave just now. `rolled`: they have as many successors, and leave once those serve."""
        self._watches.append(asyncio.create_task(self._took(leaving, rolled=rolled)))

    async def figure(self) -> Figure:
        """The longest, once nobody is left who was told to leave. Raises TimeoutError after twice the grace."""
        async with asyncio.timeout(2 * GRACE):
            took = await asyncio.gather(*self._watches)
        return Figure(name="drain took", value=max(took), unit="s", at_most=GRACE)

    async def _took(self, leaving: set[int], *, rolled: bool) -> float:
        # Those who lost patience with their successors are gone before these serve: that took no time from there on.
        while rolled and self._left(leaving) and not self._is_succeeded(leaving):
            await asyncio.sleep(LOOK)
        begun = time.monotonic()
        while self._left(leaving):
            await asyncio.sleep(LOOK)
        return time.monotonic() - begun

    def _left(self, leaving: set[int]) -> bool:
        return not leaving.isdisjoint(self._workers())

    def _is_succeeded(self, leaving: set[int]) -> bool:
        successors = [pid for pid in self._workers() if pid not in leaving]
        return len(successors) >= len(leaving) and all(map(hears, successors))


def hears(pid: int) -> bool:
    """Whether the process handles SIGTERM, as a worker does from the moment it serves; False where it has ended."""
    with suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)
    return False
