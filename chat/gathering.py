"""Questions that many ask at once: one query for all that came while the last one ran."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

from chat.reader import Reader

BATCH = 500

K = TypeVar("K")
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """Asks `query` for many keys together. Each answer was read after it was asked for."""

    def __init__(self, reader: Reader, query: Callable[[Collection[K]], Mapping[K, V]]) -> None:
        self._reader, self._query = reader, query
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._asker: asyncio.Task[None] | None = None

    async def of(self, key: K) -> V | None:
        """What there is of the key, None where there is nothing. Raises what the query raises, and `Unavailable`."""
        loop = asyncio.get_running_loop()
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = loop.create_future()
        if self._asker is None:
            self._asker = loop.create_task(self._ask())
        return await asyncio.shield(answer)

    async def _ask(self) -> None:
        try:
            while self._waiting:
                asked = {key: self._waiting.pop(key) for key in list(self._waiting)[:BATCH]}
                try:
                    found = await self._reader.run(self._query, list(asked))
                except Exception as failure:
                    for answer in asked.values():
                        answer.set_exception(failure)
                        answer.exception()  # whoever waits sees it; one that left need not
                else:
                    for key, answer in asked.items():
                        answer.set_result(found.get(key))
        finally:
            self._asker = None
