from collections.abc import Sequence

from chat.presence.store import Hosted, PresenceStore
from chat.protocol.shapes import Person


class SpreadStore:
    """Several stores as one `PresenceStore`: each room is kept in one of them, the same for all workers."""

    def __init__(self, stores: Sequence[PresenceStore]) -> None:
        self._stores = stores

    async def put(self, room: int, worker: str, people: list[Person]) -> bool:
        """See `PresenceStore`."""
        return await self._of(room).put(room, worker, people)

    async def others(self, room: int, worker: str) -> dict[str, Hosted]:
        """See `PresenceStore`."""
        return await self._of(room).others(room, worker)

    async def drop(self, room: int, worker: str) -> None:
        """See `PresenceStore`."""
        await self._of(room).drop(room, worker)

    def _of(self, room: int) -> PresenceStore:
        return self._stores[room % len(self._stores)]
