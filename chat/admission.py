"""Who connects, opens rooms or catches up, in turn: a herd is slowed down, so that those served are served soon."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from chat.errors import Unavailable

AT_ONCE = 64
OF_A_PERSON = 8
WAITING = 5_000
WAITING_A_SESSION = 20
# Clients give up after ten seconds without a `hello`: whoever waited for longer would be served for nothing.
PATIENCE = 5.0
# Turns of which none ends for so long are not a crowd's.
STUCK = 2.0
# What a worker welcomes, on a slow machine.
RETURNS_A_SECOND = 300
SOONEST, LATEST = 1.0, 30.0


def come_back(returning: int) -> float:
    """When one of so many sockets should return: a random number of seconds, so that 300 come in each."""
    return round(random.uniform(0, max(1.0, returning / RETURNS_A_SECOND)), 2)  # noqa: S311


class Appointments:
    """When those return who were sent away: each at a time of their own, after those who were told before."""

    def __init__(self) -> None:
        self._last = 0.0

    def next(self) -> float:
        """Seconds from now, from 1 to 30, so that 300 come in each; once all are taken, any of them."""
        now = time.monotonic()
        self._last = min(max(self._last, now + SOONEST) + 1 / RETURNS_A_SECOND, now + LATEST)
        seconds = self._last - now
        return round(seconds if seconds < LATEST else random.uniform(SOONEST, LATEST), 3)  # noqa: S311


class Admission:
    """A few at a time. Of those who connect, a bounded number wait for their turn, and fewer of one session.

    Whose session it is takes a turn to find out. From then on the person counts: so many of their sockets are served,
    and of what they open eight have a turn at once, so that the next person waits for no more of it.
    """

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = Counter[str]()
        self._total = 0
        self._people: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._moved_at = 0.0
        self._appointments = Appointments()

    @property
    def full(self) -> bool:
        """Whether all turns are taken, and move on: by a crowd, not by a database that keeps everybody waiting."""
        return self._turns.locked() and time.monotonic() - self._moved_at < STUCK

    @asynccontextmanager
    async def arrival(self, session_key: str) -> AsyncIterator[None]:
        """A turn for a socket, within five seconds.

        Raises `Unavailable` with a time to come back where there is none, or too many wait already.
        """
        if self._total >= WAITING or self._waiting[session_key] >= WAITING_A_SESSION:
            raise self._refusal()
        self._total += 1
        self._waiting[session_key] += 1
        try:
            await self._patiently()
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._total -= 1
            self._waiting[session_key] -= 1
            if not self._waiting[session_key]:
                del self._waiting[session_key]

    @asynccontextmanager
    async def opening(self, person_id: int) -> AsyncIterator[None]:
        """A turn for somebody's room or inbox. Nobody is refused: a person's commands are bounded already."""
        person = self._people.get(person_id)
        if person is None:
            person = self._people[person_id] = asyncio.Semaphore(OF_A_PERSON)
        async with person:
            await self._take()
            try:
                yield
            finally:
                self._pass_on()

    async def _patiently(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._take()
        except TimeoutError:
            raise self._refusal() from None

    async def _take(self) -> None:
        await self._turns.acquire()
        self._moved_at = time.monotonic()

    def _pass_on(self) -> None:
        self._turns.release()
        self._moved_at = time.monotonic()

    def _refusal(self) -> Unavailable:
        return Unavailable("Too many connect at once.", retry_after=self._appointments.next())
