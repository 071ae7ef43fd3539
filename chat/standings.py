"""Who may read what, asked by many at once: one query for all that came while the last one ran."""

import asyncio

from chat.models import Membership
from chat.queries.opening import Pair, memberships_of
from chat.reader import Reader

BATCH = 500


class Standings:
    """Looks memberships up. Each answer was read after it was asked for."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._waiting: dict[Pair, asyncio.Future[Membership | None]] = {}
        self._asker: asyncio.Task[None] | None = None

    async def of(self, person_id: int, room_id: int) -> Membership | None:
        """The membership the person has or had in the room. Raises `Unavailable`."""
        loop = asyncio.get_running_loop()
        answer = self._waiting.get((person_id, room_id))
        if answer is None:
            answer = self._waiting[person_id, room_id] = loop.create_future()
        if self._asker is None:
            self._asker = loop.create_task(self._ask())
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        try:
            while self._waiting:
                pairs = list(self._waiting)[:BATCH]
                asked = {pair: self._waiting.pop(pair) for pair in pairs}
                try:
                    found = await self._reader.run(memberships_of, pairs)
                except Exception as failure:
                    for answer in asked.values():
                        answer.set_exception(failure)
                        answer.exception()  # whoever waits sees it; one that left need not
                else:
                    for pair, answer in asked.items():
                        answer.set_result(found.get(pair))
        finally:
            self._asker = None
