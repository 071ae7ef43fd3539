"""The sockets that this worker serves."""

import asyncio
from collections.abc import Iterator, Sequence

from django.conf import settings

from chat.admission import come_back
from chat.buckets import Bucket
from chat.connection import Connection
from chat.errors import Unavailable
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Goodbye
from chat.queries.identity import people_of
from chat.reader import Reader

SESSIONS_EVERY = 60.0
CHUNK = 200


class Connections:
    """Who is connected here, by person."""

    def __init__(self) -> None:
        self._people: dict[int, set[Connection]] = {}
        self._buckets: dict[int, Bucket] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter([each for theirs in self._people.values() for each in theirs])

    @property
    def total(self) -> int:
        """How many sockets there are."""
        return sum(map(len, self._people.values()))

    def count(self, person_id: int) -> int:
        """How many sockets the person has here."""
        return len(self._people.get(person_id, ()))

    def bucket(self, person_id: int) -> Bucket:
        """The person's own bucket, shared by their sockets and kept without any: reconnecting refills nothing."""
        bucket = self._buckets.get(person_id)
        if bucket is None:
            bucket = Bucket(rate=settings.LIMITS.person_commands, burst=settings.LIMITS.person_burst)
            self._buckets[person_id] = bucket
        return bucket

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
            connection.send(Goodbye(retry_after=come_back(len(served))))
            connection.close(CloseCode.RESTART, reason)

    async def settled(self) -> None:
        """Return when no command of any socket is under way."""
        while under_way := {task for each in self for task in each.tasks}:
            await asyncio.wait(under_way)

    async def end_expired(self, reader: Reader) -> None:
        """Close the sockets whose session or account ended, until cancelled.

        Sessions end by the clock too, and accounts by hands other than ours: nothing tells of those.
        """
        while True:
            await asyncio.sleep(SESSIONS_EVERY)
            self._buckets = {each: bucket for each, bucket in self._buckets.items() if not bucket.full}
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
