"""The presence store of an installation without Redis: one process, which forgets at its end."""

import time
from collections.abc import Callable

from chat.presence.store import Hosted
from chat.protocol.shapes import Person


class MemoryStore:
    """A `PresenceStore` that is never away."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._rooms: dict[int, dict[str, Hosted]] = {}
        self._clock = clock

    async def put(self, room: int, worker: str, people: list[Person]) -> bool:
        """See `PresenceStore`."""
        workers = self._rooms.setdefault(room, {})
        new = worker not in workers
        workers[worker] = Hosted(self._clock(), frozenset(people))
        return new

    async def others(self, room: int, worker: str) -> dict[str, Hosted]:
        """See `PresenceStore`."""
        now = self._clock()
        workers = self._rooms.get(room, {})
        for name in [name for name, hosted in workers.items() if not hosted.holds(now)]:
            await self.drop(room, name)
        return {name: hosted for name, hosted in workers.items() if name != worker}

    async def drop(self, room: int, worker: str) -> None:
        """See `PresenceStore`."""
        workers = self._rooms.get(room, {})
        workers.pop(worker, None)
        if not workers:
            self._rooms.pop(room, None)
