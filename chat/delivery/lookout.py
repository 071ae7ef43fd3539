"""What was committed and told to nobody, because the answer to its COMMIT was lost."""

import asyncio
from collections.abc import Callable

from chat.delivery import groups
from chat.delivery.envelope import Look
from chat.delivery.links import Links

SOON = 0.2


class Lookout:
    """Has every worker look where the log stands. The others are told by Redis; without it they look each second."""

    def __init__(self, *, worker: str, look: Callable[[], None], links: Links) -> None:
        self._worker, self._look, self._links = worker, look, links
        self._loop = asyncio.get_running_loop()
        self._due: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[bool]] = set()

    def doubt(self) -> None:
        """Something may be committed that nobody was told of: look within a fifth of a second. From any thread."""
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        # A database that comes and goes raises many doubts, and one look settles them.
        if self._due is None:
            self._due = self._loop.call_later(SOON, self._look_around)

    def _look_around(self) -> None:
        self._due = None
        self._look()
        for shard in self._links:
            task = self._loop.create_task(shard.link.send(groups.probe_group(), Look(self._worker)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
