"""What a client may ask, as imperatives. Text becomes one of these in `codec.decode`, or an error."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[int, Field(ge=1, le=2**53 - 1)]
Position = Annotated[int, Field(ge=0, le=2**53 - 1)]


REF = r"^[ -~]+$"


class Command(BaseModel):
    """`ref`, 1 to 64 printable ASCII characters, correlates the one reply; without it only an error is answered."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    ref: Annotated[str, Field(min_length=1, max_length=64, pattern=REF)] | None = None


class Cursor(BaseModel):
    """A position in a stream; only meaningful together with the epoch it was taken in."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    epoch: Annotated[str, Field(max_length=64)]
    seq: Position


class OpenInbox(Command):
    """Ask for the changes of one's own memberships since a cursor; without one, all of them."""

    type: Literal["inbox.open"]
    since: Cursor | None = None


class OpenRoom(Command):
    """Show a room: its newest page, or everything changed since a cursor, then every change live."""

    type: Literal["room.open"]
    room: Id
    since: Cursor | None = None


class CloseRoom(Command):
    """Stop the room's live changes on this socket; a joined room goes on being watched."""

    type: Literal["room.close"]
    room: Id


class JoinRoom(Command):
    """Become a member of a public room."""

    type: Literal["room.join"]
    room: Id


class LeaveRoom(Command):
    """End one's own membership."""

    type: Literal["room.leave"]
    room: Id


class SendMessage(Command):
    """Store a message. `key` makes it safe to retry for the life of the message."""

    type: Literal["message.send"]
    room: Id
    key: UUID
    body: str


class EditMessage(Command):
    """Replace the body of one's own message."""

    type: Literal["message.edit"]
    message: Id
    body: str


class DeleteMessage(Command):
    """Turn one's own message (a moderator: any message of the room) into a tombstone."""

    type: Literal["message.delete"]
    message: Id


class SetReaction(Command):
    """Put one's reaction on a message or take it back."""

    type: Literal["reaction.set"]
    message: Id
    emoji: Annotated[str, Field(min_length=1, max_length=64)]
    on: bool


class SetRead(Command):
    """Move one's read marker forward to a message's number; going back has no effect."""

    type: Literal["read.set"]
    room: Id
    number: Position


class SetTyping(Command):
    """Say that one is typing in an open room; it lapses after six seconds, or when one's message arrives."""

    type: Literal["typing.set"]
    room: Id


class Ping(Command):
    """Ask for a `pong`: proof that the way there and back works."""

    type: Literal["ping"]


AnyCommand = Annotated[
    OpenInbox
    | OpenRoom
    | CloseRoom
    | JoinRoom
    | LeaveRoom
    | SendMessage
    | EditMessage
    | DeleteMessage
    | SetReaction
    | SetRead
    | SetTyping
    | Ping,
    Field(discriminator="type"),
]
