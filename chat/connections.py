"""The sockets that this worker serves."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from itertools import islice

from chat.admission import come_back
from chat.buckets import PersonBuckets
from chat.connection import Connection
from chat.errors import Unavailable
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Goodbye
from chat.queries.identity import people_of
from chat.reader import Reader

SESSIONS_EVERY = 60.0
CHUNK = 200
BATCH = 100
BATCH_PAUSE = 0.05
ANSWERED_WITHIN = 10.0

logger = logging.getLogger(__name__)


class Connections:
    """Who is connected here, by person."""

    def __init__(self) -> None:
        self._people: dict[int, set[Connection]] = {}
        self.buckets = PersonBuckets()

    def __iter__(self) -> Iterator[Connection]:
        return iter([each for theirs in self._people.values() for each in theirs])

    @property
    def total(self) -> int:
        """How many sockets there are."""
        return sum(map(len, self._people.values()))

    def count(self, person_id: int) -> int:
        """How many sockets the person has here."""
        return len(self._people.get(person_id, ()))

    def add(self, connection: Connection) -> None:
        """A socket is served from now on."""
        self._people.setdefault(connection.person.id, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """A socket is not served any more."""
        theirs = self._people.get(connection.person.id, set())
        theirs.discard(connection)
        if not theirs:
            self._people.pop(connection.person.id, None)

    def send_away(self, reason: str) -> None:
        """Close every socket; their clients come back by themselves, spread over time."""
        served = list(self)
        for connection in served:
            _send_away(connection, reason, returning=len(served))

    async def see_off(self) -> None:
        """Send every socket away as `send_away` does, a hundred at a time, each with everything it began answered.

        Commands that come when that has begun are refused. What takes longer than ten seconds is not waited for.
        """
        returning = self.total
        deadline = asyncio.get_running_loop().time() + ANSWERED_WITHIN
        while batch := list(islice((each for each in self if not each.leaving), BATCH)):
            await asyncio.gather(*(_see_off(each, deadline=deadline, returning=returning) for each in batch))
            await asyncio.sleep(BATCH_PAUSE)

    async def end_expired(self, reader: Reader) -> None:
        """Close the sockets whose session or account ended, until cancelled.

        Sessions end by the clock too, and accounts by hands other than ours: nothing tells of those.
        """
        while True:
            await asyncio.sleep(SESSIONS_EVERY)
            self.buckets.forget_full()
            served = list(self)
            for start in range(0, len(served), CHUNK):
                await self._end_ended(served[start : start + CHUNK], reader)

    async def _end_ended(self, served: Sequence[Connection], reader: Reader) -> None:
        try:
            people = await reader.run(people_of, {each.session_key for each in served})
        except Unavailable:
            return
        for connection in served:
            identity = people.get(connection.session_key)
            if identity is None:
                connection.close(CloseCode.SIGN_IN, "session ended")
            elif not identity.allowed:
                connection.close(CloseCode.NOT_ALLOWED, "account disabled")


async def _see_off(connection: Connection, *, deadline: float, returning: int) -> None:
    connection.leaving = True
    if connection.tasks:
        patience = max(0.0, deadline - asyncio.get_running_loop().time())
        _, unanswered = await asyncio.wait(connection.tasks, timeout=patience)
        if unanswered:
            logger.warning("%s: %d commands are left unanswered", connection.id, len(unanswered))
    _send_away(connection, "restart", returning=returning)


def _send_away(connection: Connection, reason: str, *, returning: int) -> None:
    connection.send(Goodbye(retry_after=come_back(returning)))
    connection.close(CloseCode.RESTART, reason)
