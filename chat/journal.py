"""Group commit: what many people do at once becomes one transaction and one fsync.

There is no timer. The first command goes at once; what arrives during a commit forms the next batch. An answer is
given only after COMMIT, and a command that fails fails alone. Where the database fails, everybody is told so in time.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connection, transaction

from chat.actions.messages import Submission, send_messages
from chat.actions.streams import Moves, lock_together
from chat.database import AWAY, discard, fold_log, keep_usable
from chat.errors import ChatError, Unavailable
from chat.protocol import shapes

logger = logging.getLogger(__name__)

BATCH = 256
RETRIES = 3
# A database that is locked or away takes five seconds to say so: once for all of a batch, and nobody again after that.
PATIENCE = 5.0
# It may also say nothing at all.
HUNG_AFTER = 12.0
HUNG_AGAIN = 1.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Act(Generic[T]):
    """An action to call, and what it will lock."""

    action: Callable[[], T]
    moves: Moves


Work = Submission | _Act[Any]
Outcome = Any | Exception


@dataclass(slots=True, eq=False)
class _Entry(Generic[T]):
    """A command under way."""

    work: Work
    done: asyncio.Future[T]


@dataclass(frozen=True, slots=True)
class _Ended:
    """What became of a batch. `doubtful`: a transaction failed, which may be committed all the same, unpublished."""

    outcomes: list[Outcome]
    doubtful: bool


class Journal:
    """One queue and one database thread a worker; the only way sockets write.

    `commands` and `batches` count what was tried, and `seconds` is what that took. `on_doubt` is called when the
    commands of a transaction that failed were tried again: if its COMMIT was carried out and the answer lost, they
    found everything done, and told nobody.
    """

    def __init__(self, *, on_doubt: Callable[[], None] = lambda: None) -> None:
        self._on_doubt = on_doubt
        self.commands = self.batches = 0
        self.seconds = 0.0
        self._queue: deque[_Entry[Any]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._writer: asyncio.Task[None] | None = None
        self._watch: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """Commands that wait for the batch under way."""
        return len(self._queue)

    def send(self, submission: Submission) -> asyncio.Future[shapes.Message]:
        """Store a message. The future has the stored row, or raises a `ChatError`."""
        return self._enter(submission)

    def act(self, action: Callable[[], T], *, moves: Moves) -> asyncio.Future[T]:
        """Run an action. The future has its result after COMMIT, or raises what it raised, or `Unavailable`."""
        return self._enter(_Act(action, moves))

    def close(self) -> None:
        """End the thread and give its database connection back. Waits for a commit under way."""
        self._thread.submit(_leave)
        self._thread.shutdown()

    def _enter(self, work: Work) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        entry: _Entry[Any] = _Entry(work, loop.create_future())
        self._queue.append(entry)
        if self._writer is None:
            self._writer = loop.create_task(self._write())
        return entry.done

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
                begun = loop.time()
                self._watch = loop.call_later(HUNG_AFTER, self._hung, batch)
                try:
                    ended = await loop.run_in_executor(self._thread, _commit, [entry.work for entry in batch])
                except Exception as failure:
                    # A bug of ours, but nobody waits for ever because of it.
                    ended = _Ended([failure] * len(batch), doubtful=True)
                finally:
                    self._watch.cancel()
                self.batches += 1
                self.commands += len(batch)
                self.seconds += loop.time() - begun
                for entry, outcome in zip(batch, ended.outcomes, strict=True):
                    _settle(entry, outcome)
                if ended.doubtful:
                    self._on_doubt()
        finally:
            self._writer = None

    def _hung(self, batch: Sequence[_Entry[Any]]) -> None:
        """Answer everybody who waits. What the thread stores of the batch after all, the same key finds again."""
        refused = [entry for entry in [*batch, *self._queue] if not entry.done.done()]
        self._queue.clear()
        if refused:
            logger.error("database_hangs: %d commands are refused", len(refused))
        for entry in refused:
            _settle(entry, _unavailable(None))
        self._watch = asyncio.get_running_loop().call_later(HUNG_AGAIN, self._hung, batch)


def _leave() -> None:
    connection.close()  # this thread's: `connection.close` named in another would be that one's


def _settle(entry: _Entry[Any], outcome: Outcome) -> None:
    if entry.done.done():
        return
    if isinstance(outcome, Exception):
        entry.done.set_exception(outcome)
    else:
        entry.done.set_result(outcome)


def _commit(works: Sequence[Work]) -> _Ended:
    """Commit the works as one transaction; where that fails as a whole, each as its own."""
    until = time.monotonic() + PATIENCE
    try:
        keep_usable()
        return _Ended(_transaction(works), doubtful=False)
    except Exception as failure:
        if len(works) > 1:
            logger.info("a batch of %d is taken apart: %s", len(works), failure)
        return _Ended(_each_alone(works, until=until), doubtful=True)


def _each_alone(works: Sequence[Work], *, until: float) -> list[Outcome]:
    """Each as its own transaction; none any more once a database that is away has taken its time."""
    outcomes: list[Outcome] = []
    away = False
    for work in works:
        outcomes.append(_unavailable(None) if away else _alone(work, until=until))
        away = away or (isinstance(outcomes[-1], Unavailable) and time.monotonic() >= until)
    return outcomes


def _alone(work: Work, *, until: float) -> Outcome:
    for attempt in range(1, RETRIES + 1):
        try:
            return _transaction([work])[0]
        except AWAY as failure:
            # Its COMMIT may have happened: the client asks again with the same key and learns.
            discard()
            logger.warning("attempt %d to commit failed: %s", attempt, failure)
            if time.monotonic() >= until:
                break
        except DatabaseError as failure:
            logger.exception("the database refused a command")
            return _unavailable(failure)
        except Exception as failure:
            return failure
    return _unavailable(None)


def _unavailable(cause: Exception | None) -> Unavailable:
    refusal = Unavailable(retry_after=1.0)
    refusal.__cause__ = cause
    return refusal


def _transaction(works: Sequence[Work]) -> list[Outcome]:
    if connection.connection is None:
        # What went before may have failed because the disk is full. The first room that it has again is for what the
        # log holds: more log would take it, and could then never be folded.
        fold_log()
    outcomes: list[Outcome] = []
    with transaction.atomic():
        if len(works) > 1 and any(isinstance(work, _Act) for work in works):
            lock_together([_moves(work) for work in works])
        for is_message, run in groupby(works, key=lambda work: isinstance(work, Submission)):
            if is_message:
                outcomes += send_messages([work for work in run if isinstance(work, Submission)])
            else:
                outcomes += [_acted(work) for work in run if isinstance(work, _Act)]
    return outcomes


def _moves(work: Work) -> Moves:
    return work.moves if isinstance(work, _Act) else Moves(room=work.room_id)


def _acted(act: _Act[Any]) -> Outcome:
    """An action carries its own savepoint, so its refusal undoes only itself; a broken database undoes the batch."""
    try:
        return act.action()
    except ChatError as refusal:
        return refusal
