"""The one answer a command with a `ref` gets, and what is in it."""

from dataclasses import dataclass
from typing import Literal

from chat.protocol.events import MembershipChanged, PresenceChanged
from chat.protocol.shapes import Membership, Message, Room


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened:
    """To `room.open`. `changes` are rows by ascending `seq`, or the newest page by number where `reset` is true.

    `next` is null when the room is live from `head` on; else it is the seq to ask on from: the same command again with
    `since` at `next`. `reset` tells to forget what was shown: the cursor was of another epoch, too old, or absent.
    `has_more` tells that older messages exist before the page of a reset.
    """

    room: Room
    membership: Membership | None
    epoch: str
    head: int
    changes: list[Message]
    reset: bool
    has_more: bool
    next: int | None
    presence: PresenceChanged | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxOpened:
    """To `inbox.open`. Apply each change; where `reset` is true they are all memberships there are."""

    epoch: str
    head: int
    changes: list[MembershipChanged]
    reset: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStored:
    """To `message.send`, `message.edit`, `message.delete` and `reaction.set`: the row as committed."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipStored:
    """To `room.join`, `room.leave` and `read.set`: the membership as committed."""

    room: Room
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """To `room.close` and `typing.set`: nothing to say but yes."""


Data = RoomOpened | InboxOpened | MessageStored | MembershipStored | Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A stable `code`, a sentence for a person, and the seconds after which a retry makes sense."""

    code: str
    detail: str
    retry_after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Exactly one for each command that had a `ref` (`ping` is answered by `pong`)."""

    type: Literal["reply"] = "reply"
    ref: str
    ok: Literal[True] = True
    data: Data


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorReply:
    """A command failed. `ref` is null where the command had none."""

    type: Literal["reply"] = "reply"
    ref: str | None
    ok: Literal[False] = False
    error: Failure
