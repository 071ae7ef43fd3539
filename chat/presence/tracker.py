import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from chat.protocol.shapes import Person


class Tracker:
    def __init__(self, store: Any, *, worker: str, announce: Callable[[int, list[Person]], None], tell_others: Callable[[int], None]) -> None:
        self._rooms: dict[int, Counter[Person]] = {}
        self._announce = announce

    def enter(self, room: int, person: Person) -> None:
        self._rooms.setdefault(room, Counter())[person] += 1
        self._announce(room, self.people(room))

    def leave(self, room: int, person: Person) -> None:
        self._rooms[room][person] -= 1
        if not self._rooms[room][person]:
            del self._rooms[room][person]
        self._announce(room, self.people(room))

    def heard(self, room: int) -> None: ...

    def people(self, room: int) -> list[Person]:
        return sorted(self._rooms.get(room, ()), key=lambda each: each.name)

    async def run(self) -> None:
        await asyncio.Event().wait()

    async def close(self) -> None: ...
