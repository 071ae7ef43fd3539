"""Carries committed changes to their audiences: this worker's feeds first, then Redis."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from chat.delivery.change import Change
from chat.delivery.lane import Lane
from chat.delivery.links import Links, place


class Carrier:
    """The publisher of a worker process. Redis is never waited for by anyone. `carried` counts the changes."""

    def __init__(self, *, worker: str, receive: Callable[[Iterable[Change]], None], links: Links) -> None:
        self._receive = receive
        self.carried = 0
        self._loop = asyncio.get_running_loop()
        self._lanes = [Lane(shard, worker=worker) for shard in links]

    def committed(self, changes: Sequence[Change]) -> None:
        """Called in whatever thread committed."""
        self._loop.call_soon_threadsafe(self._carry, changes)

    def go_on(self) -> None:
        """Send what was kept while a server was unwell."""
        for lane in self._lanes:
            lane.go_on()

    def forget(self) -> None:
        """Send nothing of what was kept."""
        for lane in self._lanes:
            lane.forget()

    def _carry(self, changes: Sequence[Change]) -> None:
        self.carried += len(changes)
        self._receive(changes)
        if len(self._lanes) == 1:
            self._lanes[0].take(changes)
        else:
            for number, lane in enumerate(self._lanes):
                lane.take([each for each in changes if place(each.stream, len(self._lanes)) == number])
