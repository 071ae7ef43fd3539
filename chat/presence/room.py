"""Who is in one room, as one worker knows it."""

from bisect import bisect_left, insort
from operator import attrgetter

from chat.presence.moments import NEVER
from chat.presence.store import Hosted
from chat.protocol.shapes import Person

_by_name = attrgetter("name")


class RoomPresence:
    """The people here, counted by their sockets, and those on other workers; `people` is both, sorted by name.

    `unsaved`: the store has to be told who is here. `unread`: it may know others than these.
    `saved`, `saved_at`: whom it keeps for this worker, and since when. `settled_at`: when the room was last settled.
    """

    def __init__(self) -> None:
        self.here: dict[Person, int] = {}
        self.people: list[Person] = []
        self.unsaved = False
        self.unread = True
        self.saved: frozenset[Person] = frozenset()
        self.saved_at = self.settled_at = NEVER
        self._elsewhere: dict[str, Hosted] = {}
        self._published: list[Person] = []
        self._changed = False
        self._shown_early = False

    def enter(self, person: Person) -> bool:
        """One more socket of the person; True for their first one here."""
        self.here[person] = self.here.get(person, 0) + 1
        if self.here[person] > 1:
            return False
        if not self._is_elsewhere(person):
            insort(self.people, person, key=_by_name)
            self._changed = True
        self.unsaved = True
        return True

    def leave(self, person: Person) -> bool:
        """One socket fewer; True for their last one here. Without effect for somebody who is not here."""
        if person not in self.here:
            return False
        self.here[person] -= 1
        if self.here[person]:
            return False
        del self.here[person]
        if not self._is_elsewhere(person):
            self._remove(person)
            self._changed = True
        self.unsaved = True
        return True

    def learn(self, elsewhere: dict[str, Hosted]) -> None:
        """Take these as the people on other workers, in place of those known before."""
        self._elsewhere = elsewhere
        self.people = sorted(set(self.here).union(*(hosted.people for hosted in elsewhere.values())), key=_by_name)
        self._changed = True

    def expire(self, now: float) -> bool:
        """Forget workers that were silent for too long; True if there was one."""
        alive = {worker: hosted for worker, hosted in self._elsewhere.items() if hosted.holds(now)}
        expired = len(alive) < len(self._elsewhere)
        if expired:
            self.learn(alive)
        return expired

    def shown(self) -> list[Person]:
        """The people now, for somebody who has just come."""
        self._shown_early = self._shown_early or self._changed
        return list(self.people)

    def publish(self) -> list[Person] | None:
        """The people now, or None where everybody has been told that."""
        # Whoever was shown a state between two publications has to hear again, also if the two are equal.
        news = self._shown_early or (self._changed and self.people != self._published)
        self._changed = self._shown_early = False
        if not news:
            return None
        self._published = list(self.people)
        return list(self.people)

    def _is_elsewhere(self, person: Person) -> bool:
        return any(person in hosted.people for hosted in self._elsewhere.values())

    def _remove(self, person: Person) -> None:
        at = bisect_left(self.people, person.name, key=_by_name)
        while self.people[at] != person:
            at += 1
        del self.people[at]
