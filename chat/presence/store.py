"""Where the workers of an installation tell each other who is in their rooms."""

from dataclasses import dataclass
from typing import Protocol

from chat.protocol.shapes import Person

KEPT = 40.0


class StoreAway(Exception):
    """The store did not do as asked within its deadline."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """The people of a room on one worker, as that worker put them at the unix time `at`."""

    at: float
    people: frozenset[Person]

    def holds(self, now: float) -> bool:
        """Whether the worker counts as alive: it would have put them again by now. A time far ahead counts as old."""
        return abs(now - self.at) <= KEPT


class PresenceStore(Protocol):
    """Each worker's people of each room. Every call ends within about a second or raises `StoreAway`."""

    async def put(self, room: int, worker: str, people: list[Person]) -> bool:
        """Keep these as the worker's people of the room, for `KEPT` seconds. True where it had none kept there."""
        ...

    async def others(self, room: int, worker: str) -> dict[str, Hosted]:
        """The room's people on all other workers, by worker; what is older than `KEPT` is left out."""
        ...

    async def drop(self, room: int, worker: str) -> None:
        """Forget the worker's people of the room; without effect if it has none kept there."""
        ...
