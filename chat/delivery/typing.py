"""Who is typing: kept in memory, forgotten after some seconds."""

import time
from collections.abc import Callable

from chat.protocol.shapes import Person

SECONDS = 6.0


class TypingBoard:
    """The people typing in each room, as far as this worker heard; `on_change` is told when they change."""

    def __init__(self, on_change: Callable[[int], None], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms: dict[int, dict[Person, float]] = {}
        self._on_change, self._clock = on_change, clock

    def people(self, room: int) -> list[Person]:
        """Everybody typing in the room, in the order they began."""
        return list(self._rooms.get(room, ()))

    def heard(self, room: int, person: Person) -> None:
        """Somebody types, for the next seconds."""
        typing = self._rooms.setdefault(room, {})
        new = person not in typing
        typing[person] = self._clock() + SECONDS
        if new:
            self._on_change(room)

    def stopped(self, room: int, person_id: int) -> None:
        """Somebody stopped: their message arrived, or they left."""
        typing = self._rooms.get(room, {})
        self._forget(room, [person for person in typing if person.id == person_id])

    def lapse(self) -> None:
        """Forget those who were not heard of lately; call it every second."""
        now = self._clock()
        for room, typing in list(self._rooms.items()):
            self._forget(room, [person for person, until in typing.items() if until <= now])

    def _forget(self, room: int, people: list[Person]) -> None:
        for person in people:
            del self._rooms[room][person]
        if people:
            if not self._rooms[room]:
                del self._rooms[room]
            self._on_change(room)
