"""The wire shapes that rows take; the same in history, catch-up and live events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

RoomKind = Literal["public", "private"]
MemberState = Literal["active", "left", "removed"]
Role = Literal["owner", "moderator", "member"]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, as others see them. `name` is the username: unique, lower case."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One emoji on a message and who put it there, in order of arrival."""

    emoji: str
    people: list[Person]


@dataclass(frozen=True, slots=True)
class Message:
    """A message row; its room is said by what carries it.

    A deleted one is a tombstone: empty `body` and `html`, no reactions, `deleted` true.
    """

    id: int
    number: int
    seq: int
    key: UUID
    author: Person
    body: str
    html: str
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    reactions: list[Reaction]
    parent: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """A room as anyone who may see it sees it. `head` is its stream's position, `message_count` its newest number."""

    id: int
    slug: str
    name: str
    topic: str
    kind: RoomKind
    archived: bool
    head: int
    message_count: int
    member_count: int


@dataclass(frozen=True, slots=True)
class Membership:
    """One person's standing in a room, as they see it. `unread` is the room's message count less the last read."""

    room: int
    state: MemberState
    role: Role
    last_read_number: int
    unread: int


@dataclass(frozen=True, slots=True)
class JoinedRoom:
    """A room of the person's list: the room and their membership in it."""

    room: Room
    membership: Membership


@dataclass(frozen=True, slots=True)
class Member:
    """One person's standing in a room, as the room sees it."""

    person: Person
    role: Role
    state: MemberState
