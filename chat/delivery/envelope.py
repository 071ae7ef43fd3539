"""What travels between workers over the channel layer: one envelope type, five kinds of content."""

from dataclasses import dataclass
from typing import Any

from chat.delivery.change import StreamKey
from chat.protocol.shapes import Person

TYPE = "parley"


@dataclass(frozen=True, slots=True)
class Changes:
    """Committed steps of one stream, in order, each as `Change.pack` made it."""

    sender: str
    steps: list[bytes]


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody types in a room."""

    sender: str
    room: int
    person: Person


@dataclass(frozen=True, slots=True)
class Presence:
    """The people of a room on the sending worker changed."""

    sender: str
    room: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A worker's sign of life to itself and the others, sent at this time of its own clock; `last`: it leaves."""

    sender: str
    sent_at: float
    last: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """Something may be committed that nobody was told of."""

    sender: str


Envelope = Changes | Typing | Presence | Probe | Look


def pack(envelope: Envelope) -> dict[str, Any]:
    """The envelope as a channel layer message."""
    match envelope:
        case Changes(sender, steps):
            return {"type": TYPE, "kind": "changes", "sender": sender, "steps": steps}
        case Typing(sender, room, person):
            return {"type": TYPE, "kind": "typing", "sender": sender, "room": room, "who": [person.id, person.name]}
        case Presence(sender, room):
            return {"type": TYPE, "kind": "presence", "sender": sender, "room": room}
        case Probe(sender, sent_at, last):
            return {"type": TYPE, "kind": "probe", "sender": sender, "sent_at": sent_at, "last": last}
        case Look(sender):
            return {"type": TYPE, "kind": "look", "sender": sender}


def unpack(message: dict[str, Any]) -> Envelope:
    """The envelope again. Raises `KeyError`, `TypeError` or `ValueError` for anything `pack` did not make."""
    sender = str(message["sender"])
    match message["kind"]:
        case "changes":
            return Changes(sender, list(message["steps"]))
        case "typing":
            return Typing(sender, int(message["room"]), Person(*message["who"]))
        case "presence":
            return Presence(sender, int(message["room"]))
        case "probe":
            return Probe(sender, float(message["sent_at"]), bool(message["last"]))
        case "look":
            return Look(sender)
        case kind:
            raise ValueError(f"unknown envelope {kind!r}")


def stream_of(envelope: Typing | Presence) -> StreamKey:
    """The stream whose group hears of it."""
    return StreamKey("room", envelope.room)
