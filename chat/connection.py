"""One client's socket, once it is known who is there."""

import asyncio
import logging
import uuid
from collections.abc import Coroutine
from typing import Any
from weakref import WeakValueDictionary

from django.conf import settings

from chat.buckets import Bucket
from chat.delivery.change import StreamKey
from chat.delivery.frames import Frame
from chat.delivery.outlet import Outlet
from chat.delivery.subscription import Subscription
from chat.errors import ChatError, Internal, Unavailable
from chat.protocol import codec
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Event
from chat.protocol.replies import Data, ErrorReply, Failure, Reply
from chat.protocol.shapes import Person

logger = logging.getLogger(__name__)


class Connection:
    """Who is there, what they listen to, and the way to tell them.

    `opened` are the rooms shown, `watched` the rooms joined; a room may be both. `tasks` are what is under way here.
    They may go on when the socket has `ended`, but listen to nothing any more then.
    `writing` is held from the arrival of a message or an edit until it is in the journal, in order of arrival.
    `leaving`: it is closed or about to be, and begins nothing more.
    """

    __slots__ = (
        "__weakref__",
        "_judging",
        "_locks",
        "bucket",
        "ended",
        "id",
        "inbox",
        "leaving",
        "opened",
        "outlet",
        "person",
        "session_key",
        "tasks",
        "watched",
        "writing",
    )

    def __init__(self, *, person: Person, session_key: str, outlet: Outlet) -> None:
        self.id = uuid.uuid4().hex
        self.person, self.session_key, self.outlet = person, session_key, outlet
        self.bucket = Bucket(rate=settings.LIMITS.socket_commands, burst=settings.LIMITS.socket_burst)
        self.ended = False
        self._judging: set[asyncio.Task[None]] = set()
        self.inbox: Subscription | None = None
        self.leaving = False
        self.opened: dict[int, Subscription] = {}
        self.watched: dict[int, Subscription] = {}
        # Held only by who uses one: a client may ask for any number of rooms that there are not.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.tasks: set[asyncio.Task[None]] = set()
        self.writing = asyncio.Lock()

    @property
    def inbox_stream(self) -> StreamKey:
        """The person's own stream."""
        return StreamKey("inbox", self.person.id)

    def send(self, event: Event) -> None:
        """Tell this client alone."""
        self.outlet.write(Frame(codec.encode(event)))

    def answer(self, ref: str | None, data: Data) -> None:
        """Answer a command that went well; one without a `ref` wants no answer."""
        if ref is not None:
            self.outlet.write(Frame(codec.encode(Reply(ref=ref, data=data))))

    def refuse(self, ref: str | None, error: ChatError) -> None:
        """Answer a command that failed."""
        self.refuse_as(ref, code=error.code, detail=error.detail, retry_after=error.retry_after)

    def refuse_as(self, ref: str | None, *, code: str, detail: str, retry_after: float | None = None) -> None:
        """Answer a command that was not understood."""
        failure = Failure(code=code, detail=detail, retry_after=retry_after)
        self.outlet.write(Frame(codec.encode(ErrorReply(ref=ref, error=failure))))

    def close(self, code: CloseCode, reason: str) -> None:
        """End the socket after what was written so far."""
        self.leaving = True
        self.outlet.close(code, reason)

    def judge(self, verdict: Coroutine[Any, Any, None]) -> None:
        """Tell this client nothing until the verdict, which releases the outlet or closes the socket."""
        self.outlet.hold()
        task = self.start(verdict)
        self._judging.add(task)
        task.add_done_callback(self._judging.discard)

    async def judged(self) -> None:
        """Return when no verdict is waited for: who may not stay begins nothing either."""
        while self._judging:
            await asyncio.wait(self._judging)

    def lock(self, room: int) -> asyncio.Lock:
        """Held while a room is being opened or closed here."""
        lock = self._locks.get(room)
        if lock is None:
            lock = self._locks[room] = asyncio.Lock()
        return lock

    def start(self, work: Coroutine[Any, Any, None], *, ref: str | None = None) -> asyncio.Task[None]:
        """Run something on behalf of this client; its failure is answered, and logged if it is a bug."""
        task = asyncio.get_running_loop().create_task(self._guarded(work, ref))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[Any, Any, None], ref: str | None) -> None:
        try:
            await work
        except ChatError as refusal:
            self.refuse(ref, refusal)
        except MemoryError:
            # No bug of the command's, and a traceback is something to hold too.
            logger.warning("no memory for a command")
            self.refuse(ref, Unavailable("The server has no memory for this right now.", retry_after=1.0))
        except Exception:
            logger.exception("a command failed unexpectedly")
            self.refuse(ref, Internal())
