"""A worker's dealings with the presence store, which may be away."""

import logging
from collections.abc import Callable

from chat.presence.moments import NEVER, within
from chat.presence.room import RoomPresence
from chat.presence.store import KEPT, PresenceStore, StoreAway

logger = logging.getLogger(__name__)

RETRY = 5.0


class Exchange:
    """Tells the store who is here and asks it who is elsewhere. A store that failed is left alone for some seconds."""

    def __init__(
        self, store: PresenceStore, *, worker: str, tell_others: Callable[[int], None], clock: Callable[[], float]
    ) -> None:
        self._store, self._worker = store, worker
        self._tell_others, self._clock = tell_others, clock
        self._failed_at = NEVER
        self._closed = False

    @property
    def answers(self) -> bool:
        """Whether it is worth asking the store now."""
        return not self._closed and not within(RETRY, since=self._failed_at, now=self._clock())

    async def update(self, room: int, present: RoomPresence) -> None:
        """Level the room with the store, as far as that is needed and possible."""
        try:
            if present.unsaved and self.answers:
                await self._save(room, present)
            if present.unread and self.answers:
                await self._read(room, present)
        except StoreAway as failure:
            self._failed(failure)

    async def drop(self, room: int, present: RoomPresence) -> None:
        """Take this worker out of the room, where the store answers and still keeps it."""
        if not self.answers or not within(KEPT, since=present.saved_at, now=self._clock()):
            return
        try:
            await self._store.drop(room, self._worker)
        except StoreAway as failure:
            self._failed(failure)
        else:
            present.saved, present.saved_at = frozenset(), NEVER
            self._tell_others(room)

    def close(self) -> None:
        """Leave the store alone from now on."""
        self._closed = True

    async def _save(self, room: int, present: RoomPresence) -> None:
        here = frozenset(present.here)
        present.unsaved = False
        # Noted before: a call that fails may have been carried out all the same, and has to be taken back some day.
        present.saved_at = self._clock()
        try:
            new = await self._store.put(room, self._worker, list(here))
        except StoreAway:
            present.unsaved = True
            raise
        changed, present.saved = here != present.saved, here
        # New though unchanged: the store lost it, and others may have seen us gone.
        if new or changed:
            self._tell_others(room)

    async def _read(self, room: int, present: RoomPresence) -> None:
        present.unread = False
        try:
            present.learn(await self._store.others(room, self._worker))
        except StoreAway:
            present.unread = True
            raise

    def _failed(self, failure: StoreAway) -> None:
        self._failed_at = self._clock()
        logger.debug("presence is not shared for now: %s", failure)
