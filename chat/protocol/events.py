"""What clients are told, in the past tense. `prev` and `seq` place a change in its stream.

A change asserts that no other row of the stream changed between `prev` and `seq`. So a client at `mine` drops it when
`seq <= mine`, applies it when `prev <= mine < seq`, and asks for what is missing when `prev > mine`.
"""

from dataclasses import dataclass
from typing import Literal

from chat.protocol.shapes import JoinedRoom, Member, Membership, Message, Person, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """The first frame of a socket: who you are, where your inbox stands, which rooms you have."""

    type: Literal["hello"] = "hello"
    protocol: int = 1
    epoch: str
    connection: str
    user: Person
    heartbeat: int
    limits: dict[str, float]
    inbox: int
    rooms: list[JoinedRoom]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChanged:
    """A message was sent, edited, deleted or reacted to: its row as it is now."""

    type: Literal["message.changed"] = "message.changed"
    room: int
    prev: int
    seq: int
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanged:
    """A room was renamed, described or archived."""

    type: Literal["room.changed"] = "room.changed"
    room: int
    prev: int
    seq: int
    details: Room


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged:
    """Somebody joined, left, was removed or got another role."""

    type: Literal["member.changed"] = "member.changed"
    room: int
    prev: int
    seq: int
    member: Member
    member_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged:
    """On the person's own inbox stream: their standing in a room changed, or their read marker moved."""

    type: Literal["membership.changed"] = "membership.changed"
    prev: int
    seq: int
    room: Room
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged:
    """On the person's own inbox stream: a session ended or the account changed. Sockets not allowed any more close."""

    type: Literal["account.changed"] = "account.changed"
    prev: int
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomAdvanced:
    """A joined room that is not open here has news; at most one a second a room."""

    type: Literal["room.advanced"] = "room.advanced"
    room: int
    head: int
    message_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomClosed:
    """The server ended this socket's view of a room: the person may not read it any more."""

    type: Literal["room.closed"] = "room.closed"
    room: int
    reason: Literal["not_allowed"] = "not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingChanged:
    """Everyone who is typing in an open room now, yourself perhaps among them."""

    type: Literal["typing.changed"] = "typing.changed"
    room: int
    people: list[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresenceChanged:
    """Everyone who is connected and has the room open or joined; `people` holds the first 200 by name, `count` all."""

    type: Literal["presence.changed"] = "presence.changed"
    room: int
    count: int
    people: list[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """The answer to `ping`."""

    type: Literal["pong"] = "pong"
    ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye:
    """Sent before the server closes with 1012: reconnect after `retry_after` seconds."""

    type: Literal["goodbye"] = "goodbye"
    retry_after: float


Event = (
    Hello
    | MessageChanged
    | RoomChanged
    | MemberChanged
    | MembershipChanged
    | AccountChanged
    | RoomAdvanced
    | RoomClosed
    | TypingChanged
    | PresenceChanged
    | Pong
    | Goodbye
)
