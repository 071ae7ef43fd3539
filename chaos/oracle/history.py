"""What clients did and saw, in the order it happened. The oracle judges nothing else but this and the database."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count


def body_hash(body: str) -> str:
    """A short fingerprint of a body; the empty body of a tombstone has one too."""
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


EMPTY = body_hash("")


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """A stored message, as the database, an acknowledgement or a client's view has it."""

    room: int
    number: int
    id: int
    seq: int
    key: str
    body: str
    """The `body_hash` of the text."""
    deleted: bool = False
    reactions: tuple[tuple[str, int], ...] = ()
    """Emoji and person, by first arrival of the emoji, then by arrival."""


class Outcome(StrEnum):
    """How one attempt to send, or a change, ended for the client that made it."""

    OK = "ok"
    FAIL = "fail"
    """The server said it did not happen."""
    INFO = "info"
    """Unknown: the socket was lost, or the server could not say."""


@dataclass(frozen=True, slots=True)
class Invoked:
    """A client put a `message.send` on the wire. A key may be invoked many times, by several clients of its author."""

    at: float
    client: str
    room: int
    key: str
    body: str


@dataclass(frozen=True, slots=True)
class Settled:
    """One attempt ended. `row` is the server's answer where the outcome is OK, `code` its error otherwise."""

    at: float
    client: str
    key: str
    outcome: Outcome
    row: Row | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Altered:
    """A client asks for one change of a message, and asks again until it is answered.

    An edit or a deletion has `body`, the hash of the text it leaves; a reaction has the emoji and whether it is put
    there or taken back. `number` names the change in the history.
    """

    at: float
    client: str
    id: int
    number: int
    body: str | None = None
    reaction: tuple[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of the change of that `number`. One that is never answered may have happened or not."""

    at: float
    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Displayed:
    """A message appeared in a client's view, or a newer state of it replaced the one there.

    `frame` numbers the frame that brought it: the messages of one frame appear at once, by number.
    """

    at: float
    client: str
    frame: int
    row: Row
    first: bool


class Change(StrEnum):
    """What happened to a client's view of a room."""

    OPENED = "opened"
    """First opened: the newest page follows."""
    RESUMED = "resumed"
    """Caught up after a break by a cursor; the view stays."""
    RESET = "reset"
    """Told to forget; the newest page follows."""
    AWAY = "away"
    """The client left on purpose or the server ended the view: nothing is owed to it until it is back."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A view of a room changed as a whole.

    `owed`: with OPENED and RESET, the first number the view must hold. `whole`: with AWAY and RESET, the position of
    the room's stream up to which what was shown until then is whole; 0 where it never was, or positions begin anew.
    """

    at: float
    client: str
    room: int
    change: Change
    owed: int = 0
    whole: int = 0


class Frame(StrEnum):
    """What a frame that names a room is to somebody who may not read the room."""

    OPENED = "opened"
    """The answer that opens it: until it is closed, signals may come."""
    CLOSED = "closed"
    """The server ended the view."""
    CHANGE = "change"
    """It tells how far the room's stream is."""
    SIGNAL = "signal"
    """It has no place in the stream: who types, who is there."""


@dataclass(frozen=True, slots=True)
class Received:
    """A frame about a restricted room reached a client, whether or not anything was shown of it.

    `connection` numbers those of the client. `seq`: the newest position that it tells of; 0 for none.
    """

    at: float
    client: str
    connection: int
    room: int
    frame: Frame
    seq: int


Event = Invoked | Settled | Altered | Answered | Displayed | Marked | Received


@dataclass(frozen=True, slots=True)
class Interval:
    """A person could read a restricted room's changes up to and with seq `last`; None: still can."""

    person: int
    room: int
    last: int | None = None


@dataclass
class History:
    """The record of one run, in the order of `events`. One per run; not for several threads."""

    clock: Callable[[], float] = time.monotonic
    events: list[Event] = field(default_factory=list)
    people: dict[str, int] = field(default_factory=dict)
    """The person behind each client."""
    intervals: list[Interval] = field(default_factory=list)
    restricted: set[int] = field(default_factory=set)
    """Rooms that only `intervals` let be read; others are open to all. Name them before anybody opens one."""
    repeats: int = 0
    """Changes that came to a client a second time while the room was live there."""
    _rows: dict[Row, Row] = field(default_factory=dict)
    _changes: Iterator[int] = field(default_factory=count)

    def known(self, row: Row) -> Row:
        """The row of this history that equals it: a long run shows each to many clients, and holds them all."""
        return self._rows.setdefault(row, row)

    def invoked(self, *, client: str, room: int, key: str, body: str) -> None:
        self.events.append(Invoked(self.clock(), client, room, key, body_hash(body)))

    def settled(self, *, client: str, key: str, outcome: Outcome, row: Row | None = None, code: str = "") -> None:
        self.events.append(Settled(self.clock(), client, key, outcome, row, code))

    def altered(
        self, *, client: str, id: int, body: str | None = None, reaction: tuple[str, bool] | None = None
    ) -> int:
        """The number of the change, for its answer."""
        number = next(self._changes)
        left = None if body is None else body_hash(body)
        self.events.append(Altered(self.clock(), client, id, number, left, reaction))
        return number

    def answered(self, *, change: int, outcome: Outcome) -> None:
        self.events.append(Answered(self.clock(), change, outcome))

    def displayed(self, *, client: str, frame: int, row: Row, first: bool) -> None:
        self.events.append(Displayed(self.clock(), client, frame, row, first))

    def received(self, *, client: str, connection: int, room: int, frame: Frame, seq: int = 0) -> None:
        """Of rooms that are open to all nothing is kept: there are millions of frames in a long run."""
        if room in self.restricted:
            self.events.append(Received(self.clock(), client, connection, room, frame, seq))

    def marked(self, *, client: str, room: int, change: Change, owed: int = 0, whole: int = 0) -> None:
        self.events.append(Marked(self.clock(), client, room, change, owed, whole))
