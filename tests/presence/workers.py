"""Trackers of several workers over one store, settled by hand."""

from chat.presence.store import PresenceStore
from chat.presence.tracker import Tracker
from chat.protocol.shapes import Person
from tests.presence.clock import Clock

ROOM = 7
ANA, BEN, CY = Person(1, "ana"), Person(2, "ben"), Person(3, "cy")


class Workers:
    """Some workers of one installation. What one tells the others, they hear at once unless `deaf`."""

    def __init__(self, store: PresenceStore, clock: Clock, names: str) -> None:
        self.announced: dict[str, list[list[str]]] = {name: [] for name in names}
        self.told: list[str] = []
        self.deaf = False
        self._clock = clock
        self._trackers = {name: self._tracker(store, name) for name in names}

    def __getitem__(self, name: str) -> Tracker:
        return self._trackers[name]

    def names(self, worker: str) -> list[str]:
        return [person.name for person in self[worker].people(ROOM)]

    def die(self, worker: str) -> None:
        """It does nothing any more, and says nothing."""
        del self._trackers[worker]

    async def pass_by(self, seconds: float) -> None:
        """Let the time pass in steps of a second, settling everybody at each."""
        for _ in range(int(seconds)):
            await self.settle()
            self._clock.now += 1
        await self.settle()

    async def settle(self) -> None:
        for tracker in list(self._trackers.values()):
            await tracker.settle()

    def _tracker(self, store: PresenceStore, name: str) -> Tracker:
        return Tracker(
            store,
            worker=name,
            announce=lambda room, people: self.announced[name].append([person.name for person in people]),
            tell_others=lambda room: self._tell(name, room),
            clock=self._clock,
        )

    def _tell(self, teller: str, room: int) -> None:
        self.told.append(teller)
        if not self.deaf:
            for name, tracker in self._trackers.items():
                if name != teller:
                    tracker.heard(room)
