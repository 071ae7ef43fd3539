"""The sockets that this worker serves."""

import asyncio
from collections.abc import Iterator

from django.conf import settings

from chat.buckets import Bucket
from chat.connection import Connection
from chat.errors import Unavailable
from chat.protocol.close_codes import CloseCode
from chat.queries.identity import sessions_alive
from chat.reader import Reader

SESSIONS_EVERY = 60.0


class Connections:
    """Who is connected here, by person."""

    def __init__(self) -> None:
        self._people: dict[int, set[Connection]] = {}
        self._buckets: dict[int, Bucket] = {}

    def __iter__(self) -> Iterator[Connection]:
        return iter([each for theirs in self._people.values() for each in theirs])

    def count(self, person_id: int) -> int:
        """How many sockets the person has here."""
        return len(self._people.get(person_id, ()))

    def bucket(self, person_id: int) -> Bucket:
        """The person's own bucket, shared by their sockets and kept without any: reconnecting refills nothing."""
        return self._buckets.setdefault(
            person_id, Bucket(rate=settings.LIMITS.person_commands, burst=settings.LIMITS.person_burst)
        )

    def add(self, connection: Connection) -> None:
        """A socket is served from now on."""
        self._people.setdefault(connection.person.id, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """A socket is not served any more."""
        theirs = self._people.get(connection.person.id, set())
        theirs.discard(connection)
        if not theirs:
            self._people.pop(connection.person.id, None)

    async def settled(self) -> None:
        """Return when no command of any socket is under way."""
        while under_way := {task for each in self for task in each.tasks}:
            await asyncio.wait(under_way)

    async def end_expired(self, reader: Reader) -> None:
        """Close the sockets whose session ended, until cancelled: sessions end by the clock too, and nothing tells."""
        while True:
            await asyncio.sleep(SESSIONS_EVERY)
            served = list(self)
            self._buckets = {each: bucket for each, bucket in self._buckets.items() if not bucket.full}
            try:
                alive = await reader.run(sessions_alive, [each.session_key for each in served])
            except Unavailable:
                continue
            for connection in served:
                if connection.session_key not in alive:
                    connection.close(CloseCode.SIGN_IN, "session ended")
