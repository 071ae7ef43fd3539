"""Who has a room open or joined on a live socket: kept here, shared with the other workers, announced at leisure."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice
from typing import Any

from chat.presence.exchange import Exchange
from chat.presence.moments import NEVER, within
from chat.presence.room import RoomPresence
from chat.presence.store import KEPT, PresenceStore
from chat.protocol.shapes import Person

INTERVAL = 1.0
SOON = 0.05
REFRESH = 15.0
AT_ONCE = 8


class Tracker:
    """Everybody's presence in the rooms that have people on this worker; several sockets of a person count once.

    A change is published soon, and at most once a second for each room: one write to the store, one call of
    `announce(room, people)` with everybody sorted by name, one of `tell_others(room)` if people came or left here.
    What everybody was told already is not announced again.

    A worker that dies is missed after `KEPT` seconds. While the store is away everything goes on with the people here
    and the last that was known of others; afterwards all is written again. Only `settle` and `close` wait for the
    store, and neither raises what it raises.
    """

    def __init__(
        self,
        store: PresenceStore,
        *,
        worker: str,
        announce: Callable[[int, list[Person]], None],
        tell_others: Callable[[int], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._exchange = Exchange(store, worker=worker, tell_others=tell_others, clock=clock)
        self._announce, self._clock = announce, clock
        self._rooms: dict[int, RoomPresence] = {}
        self._due: set[int] = set()
        self._wake = asyncio.Event()
        self._settling = asyncio.Lock()
        self._checked_at = NEVER

    def enter(self, room: int, person: Person) -> None:
        """A socket of the person has the room from now on."""
        present = self._rooms.get(room)
        if present is None:
            present = self._rooms[room] = RoomPresence()
        if present.enter(person):
            self._mark(room)

    def leave(self, room: int, person: Person) -> None:
        """A socket of the person has the room no more; without effect if none of theirs had it."""
        present = self._rooms.get(room)
        if present is not None and present.leave(person):
            self._mark(room)

    def heard(self, room: int) -> None:
        """Another worker says that its people of the room changed."""
        present = self._rooms.get(room)
        if present is not None:
            present.unread = True
            self._mark(room)

    def reconnected(self) -> None:
        """What workers told each other was lost for a while, both ways: tell and read everything again."""
        for room, present in self._rooms.items():
            present.unsaved = present.unread = True
            present.saved = frozenset()  # so that the others are told, changed or not
            self._mark(room)

    def people(self, room: int) -> list[Person]:
        """Everybody in the room now, sorted by name; nobody where no one is here."""
        present = self._rooms.get(room)
        return present.shown() if present is not None and present.here else []

    async def run(self) -> None:
        """Settle whatever becomes due, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(INTERVAL):
                    await self._wake.wait()
                    # People come in crowds: the first of them waits for the rest.
                    await asyncio.sleep(SOON)
            except TimeoutError:
                pass
            await self.settle()

    async def settle(self) -> None:
        """Publish, refresh and expire what is due by the clock; `run` calls it."""
        async with self._settling:
            if not within(INTERVAL, since=self._checked_at, now=self._clock()):
                self._check()
            now = self._clock()
            ready = [room for room in self._due if not within(INTERVAL, since=self._rooms[room].settled_at, now=now)]
            self._due.difference_update(ready)
            await _few_at_once(self._settle_room(room) for room in ready)
            if not self._due:
                self._wake.clear()

    async def close(self) -> None:
        """Take this worker's people out of the store and tell the others; what happens later stays on this worker."""
        async with self._settling:
            shared = [(room, present) for room, present in self._rooms.items() if present.saved_at != NEVER]
            await _few_at_once(self._exchange.drop(room, present) for room, present in shared)
            self._exchange.close()

    def _mark(self, room: int) -> None:
        self._due.add(room)
        self._wake.set()

    def _check(self) -> None:
        """Find what nobody marks: workers fallen silent, refreshes, and what the store could not be told."""
        now = self._checked_at = self._clock()
        for room, present in self._rooms.items():
            if not within(REFRESH, since=present.saved_at, now=now):
                present.unsaved = present.unread = True
            waits = present.unsaved or present.unread
            if present.expire(now) or (waits and self._exchange.answers):
                self._mark(room)

    async def _settle_room(self, room: int) -> None:
        present = self._rooms[room]
        present.settled_at = self._clock()
        if present.here:
            await self._exchange.update(room, present)
        else:
            await self._exchange.drop(room, present)
        if present.here:
            people = present.publish()
            if people is not None:
                self._announce(room, people)
        elif not within(KEPT, since=present.saved_at, now=self._clock()):
            del self._rooms[room]
            self._due.discard(room)


async def _few_at_once(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    waiting = iter(work)
    while batch := list(islice(waiting, AT_ONCE)):
        await asyncio.gather(*batch)
