from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgpack

# Ids and numbers stand before it, so the first one is the field.
ROW = b'"message":'


class StreamKey(NamedTuple):
    """Names a stream: a room's, a person's inbox or a worker's canary."""

    kind: Literal["room", "inbox", "canary"]
    id: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.id}"


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a stream, ready to be written to sockets: `text` is the encoded event.

    On a room's stream: `message_count` is the room's after the step. `revokes` are people who may not read the room
    from this step on: their subscriptions end before anything later is delivered. `wide` marks what those who only
    watch the room get as well. `settles` is the person whose typing the step ends.
    `message` is the id and number of the message that the step tells, as the event's last field.
    On an inbox: `standing` is a room and whether the person is a member of it now; `recheck` asks whether the
    person's sockets may stay.
    """

    stream: StreamKey
    prev: int
    seq: int
    text: bytes
    message_count: int = 0
    revokes: tuple[int, ...] = ()
    wide: bool = False
    settles: int | None = None
    standing: tuple[int, bool] | None = None
    recheck: bool = False
    message: tuple[int, int] | None = None

    @property
    def row(self) -> bytes:
        """The message's own JSON, cut out of the event."""
        return self.text[self.text.index(ROW) + len(ROW) : -1]

    def pack(self) -> bytes:
        """The step as bytes, for other workers."""
        step = (self.stream, self.prev, self.seq, self.text, self.message_count, self.revokes, self.wide, self.settles)
        packed: bytes = msgpack.packb((*step, self.standing, self.recheck, self.message))
        return packed

    @classmethod
    def unpack(cls, packed: bytes) -> "Change":
        """The step again. Raises `ValueError` or `TypeError` for anything `pack` did not make."""
        stream, prev, seq, text, count, revokes, wide, settles, standing, recheck, message = msgpack.unpackb(packed)
        return cls(
            stream=StreamKey(*stream),
            prev=prev,
            seq=seq,
            text=text,
            message_count=count,
            revokes=tuple(revokes),
            wide=wide,
            settles=settles,
            standing=None if standing is None else (standing[0], standing[1]),
            recheck=recheck,
            message=None if message is None else (message[0], message[1]),
        )
