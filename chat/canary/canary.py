"""A self-check in production: every worker sings, and every worker listens whether it hears all of them."""

import asyncio
import logging
import time
from functools import partial
from typing import Literal

from chat.actions.canary import hatch, sing
from chat.actions.streams import Moves
from chat.canary.perch import Perch
from chat.delivery.change import StreamKey
from chat.delivery.hub import Hub
from chat.errors import NotFound, Unavailable
from chat.journal import Journal
from chat.queries.canaries import songs
from chat.reader import Reader

logger = logging.getLogger(__name__)

Trouble = Literal["unsaved", "disordered", "late", "lost"]

LOOK_SECONDS = 1.0
LATE_AFTER = 3.0
LOST_AFTER = 30.0


class Canary:
    """Moves a stream of this worker's own through the journal, and listens to those of all workers.

    A song takes the way of a message: a transaction of the journal, the carrier, Redis, the feeds, the frames that go
    to sockets. What is committed is read from the database every second, and must have been heard three seconds later.

    `trouble` is what is wrong now, None where nothing is: `unsaved`, `disordered`, `late` or `lost` (for 30 s). Its
    beginning is logged as an ERROR `canary_<trouble>`, its end as an INFO.
    """

    def __init__(self, *, worker: str, hub: Hub, journal: Journal, reader: Reader, seconds: float) -> None:
        self._worker, self._hub, self._journal, self._reader = worker, hub, journal, reader
        self._seconds = seconds
        self._canary: int | None = None
        self._perches: dict[int, Perch] = {}
        self._unsaved = ""
        self.trouble: Trouble | None = None
        self.alerts = self.heard = 0
        self.store_seconds = 0.0

    @property
    def listened_to(self) -> int:
        """How many canaries there are, this worker's own included."""
        return len(self._perches)

    def overdue(self) -> float:
        """The longest that anything committed is not heard here by now, in seconds."""
        return max((perch.overdue() for perch in self._perches.values()), default=0.0)

    async def run(self) -> None:
        """Sing, look and judge until cancelled."""
        due = time.monotonic()
        while True:
            if time.monotonic() >= due:
                due = time.monotonic() + self._seconds
                await self._sing()
            await self._look()
            self._judge()
            await asyncio.sleep(min(LOOK_SECONDS, self._seconds))

    async def _sing(self) -> None:
        begun = time.monotonic()
        try:
            if self._canary is None:
                self._canary = await self._journal.act(partial(hatch, worker=self._worker), moves=Moves())
            await self._journal.act(partial(sing, canary_id=self._canary), moves=Moves())
            self._unsaved = ""
            self.store_seconds = time.monotonic() - begun
        except NotFound:
            # Swept away while this process stood still, or not in the backup that was restored.
            self._canary = None
        except Unavailable as failure:
            self._unsaved = f"the database did not take its song: {failure.__cause__ or failure}"

    async def _look(self) -> None:
        try:
            found = await self._reader.run(songs)
        except Unavailable:
            return  # told by `unsaved`
        for song in found:
            perch = self._perches.get(song.canary)
            stream = StreamKey("canary", song.canary)
            if perch is None or self._hub.feeds.get(stream) is not perch.feed:
                feed = self._hub.host(stream, head=song.head)
                perch = self._perches[song.canary] = Perch(feed, worker=song.worker)
            perch.expect(song.head)
        for gone in set(self._perches) - {song.canary for song in found}:
            self._hub.leave(StreamKey("canary", gone), self._perches.pop(gone).subscription)

    def _judge(self) -> None:
        perches = self._perches.values()
        self.heard += sum(perch.songs for perch in perches)
        disordered = sum(perch.disordered for perch in perches)
        for perch in perches:
            perch.songs = perch.disordered = 0
        worst = max(perches, key=Perch.overdue, default=None)
        if disordered:
            return self._tell("disordered", f"{disordered} songs came twice, backwards or with a hole before")
        if worst is not None and worst.overdue() > LATE_AFTER:
            lost = worst.overdue() > LOST_AFTER
            return self._tell("lost" if lost else "late", f"{worst.worker} is not heard for {worst.overdue():.0f} s")
        if self._unsaved:
            return self._tell("unsaved", self._unsaved)
        if self.trouble is not None:
            logger.info("canary_well_again: %s hears all %d", self._worker, self.listened_to)
            self.trouble = None

    def _tell(self, trouble: Trouble, sentence: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self.alerts += 1
            logger.error("canary_%s: %s: %s", trouble, self._worker, sentence)
