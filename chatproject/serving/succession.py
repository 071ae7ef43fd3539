"""Rolling without a gap: who is replaced leaves once the successors serve.

gunicorn ends the old workers of a roll as soon as it has forked the new ones, which then take seconds to load.
"""

# ruff: noqa: ASYNC110 - what is waited for happens in another process

import asyncio
import logging
import mmap
from collections.abc import Callable

PLACES = 256
PAUSE = 0.05
PATIENCE = 20.0

logger = logging.getLogger(__name__)


class Booting:
    """Which workers are on their way, by age, which counts up; in memory that the master shares with its workers."""

    def __init__(self) -> None:
        self._ages = memoryview(mmap.mmap(-1, 8 * PLACES)).cast("Q")

    def began(self, age: int) -> None:
        """The master is about to fork this worker."""
        self._ages[age % PLACES] = age

    def ended(self, age: int) -> None:
        """It serves, or it is gone."""
        if self._ages[age % PLACES] == age:
            self._ages[age % PLACES] = 0

    def has_younger(self, age: int) -> bool:
        """Whether a worker forked after this one does not serve yet."""
        return any(each > age for each in self._ages)

    async def successors_of(self, age: int, *, orphaned: Callable[[], bool]) -> None:
        """Return when everybody younger serves, or the master is gone; after 20 s at the latest."""
        try:
            async with asyncio.timeout(PATIENCE):
                while self.has_younger(age) and not orphaned():
                    await asyncio.sleep(PAUSE)
        except TimeoutError:
            logger.warning("Leaving though a successor does not serve yet")


# Made once, in the master, by whoever imports this first.
booting = Booting()
