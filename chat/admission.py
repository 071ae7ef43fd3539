"""Who connects or opens rooms, in turn: a herd is slowed down, so that those served are served soon."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.errors import Unavailable

AT_ONCE = 64
WAITING = 5_000
WAITING_A_SESSION = 20
# What a worker welcomes, on a slow machine.
RETURNS_A_SECOND = 300


def come_back(returning: int) -> float:
    """When one of so many sockets should return: a random number of seconds, so that 300 come in each."""
    return round(random.uniform(0, max(1.0, returning / RETURNS_A_SECOND)), 2)  # noqa: S311


class Admission:
    """A few at a time. Of those who connect, a bounded number wait for their turn, and fewer of one session."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = Counter[str]()
        self._total = 0

    @asynccontextmanager
    async def arrival(self, session_key: str) -> AsyncIterator[None]:
        """A turn for a socket. Raises `Unavailable` with a jittered time to come back where too many wait already."""
        if self._total >= WAITING or self._waiting[session_key] >= WAITING_A_SESSION:
            raise Unavailable("Too many connect at once.", retry_after=1 + come_back(self._total))
        self._total += 1
        self._waiting[session_key] += 1
        try:
            async with self._turns:
                yield
        finally:
            self._total -= 1
            self._waiting[session_key] -= 1
            if not self._waiting[session_key]:
                del self._waiting[session_key]

    @asynccontextmanager
    async def opening(self) -> AsyncIterator[None]:
        """A turn for a room; commands are bounded already."""
        async with self._turns:
            yield
