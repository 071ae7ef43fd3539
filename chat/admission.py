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
A_SECOND = 300


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
            later = random.uniform(1, 1 + self._total / A_SECOND)  # noqa: S311
            raise Unavailable("Too many connect at once.", retry_after=round(later, 2))
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
