"""Failures a client can cause or must expect. Each has a stable code and one sentence a person can act on.

Handlers and views answer these; anything else is a bug: it is logged with its traceback and the client sees `internal`.
"""

from typing import ClassVar


class ChatError(Exception):
    """Base of every anticipated failure. `retry_after` is in seconds, None where a retry cannot help."""

    code: ClassVar[str]
    detail: str

    def __init__(self, detail: str | None = None, *, retry_after: float | None = None) -> None:
        self.detail = detail or type(self).detail
        self.retry_after = retry_after
        super().__init__(self.detail)


class Invalid(ChatError):
    """A field is missing, unknown, of the wrong type or out of range."""

    code = "invalid"
    detail = "The request is malformed."


class InvalidText(ChatError):
    """Text that cannot be stored: NUL, other control characters or lone surrogates."""

    code = "invalid_text"
    detail = "The text contains characters that cannot be stored."


class NotFound(ChatError):
    """The room, message or person does not exist, or the person asking may not know that it does."""

    code = "not_found"
    detail = "There is nothing here, or you may not see it."


class NotAllowed(ChatError):
    """Visible, but not this person's to do."""

    code = "not_allowed"
    detail = "You are not allowed to do this."


class NotAMember(ChatError):
    """Writing in a room needs membership."""

    code = "not_a_member"
    detail = "Join the room before you write in it."


class RoomArchived(ChatError):
    """Archived rooms are read-only."""

    code = "room_archived"
    detail = "This room is archived and can only be read."


class MessageEmpty(ChatError):
    """A message needs at least one visible character."""

    code = "message_empty"
    detail = "Write something first."


class MessageTooLong(ChatError):
    """The body exceeds `limits.message_length`."""

    code = "message_too_long"
    detail = "The message is too long."


class MessageDeleted(ChatError):
    """The message was deleted and cannot be changed any more."""

    code = "message_deleted"
    detail = "The message was deleted."


class KeyConflict(ChatError):
    """The idempotency key was used by its author for another room or body."""

    code = "key_conflict"
    detail = "This key was already used for another message."


class UnknownEmoji(ChatError):
    """Reactions are emoji."""

    code = "unknown_emoji"
    detail = "That is not an emoji."


class TooManyReactions(ChatError):
    """The message has `limits.room_reactions` different reactions."""

    code = "too_many_reactions"
    detail = "This message has as many different reactions as it can hold."


class TooManyRooms(ChatError):
    """The socket has `limits.open_rooms` rooms open."""

    code = "too_many_rooms"
    detail = "Too many rooms are open here; close one first."


class TooManyMemberships(ChatError):
    """The person is a member of `limits.person_rooms` rooms, or for an invitation of four fifths as many."""

    code = "too_many_memberships"
    detail = "You are a member of as many rooms as you can be; leave one first."


class RateLimited(ChatError):
    """Too many commands; `retry_after` says when the next one is welcome."""

    code = "rate_limited"
    detail = "You are sending faster than is allowed; wait a moment."


class NameTaken(ChatError):
    """A room with this address exists already."""

    code = "name_taken"
    detail = "A room with this address exists already."


class UnknownPerson(ChatError):
    """No active person has this username."""

    code = "unknown_person"
    detail = "Nobody here has that username."


class Unavailable(ChatError):
    """The database did not take the command, or its answer was lost; or there is no memory. Retry with the same key."""

    code = "unavailable"
    detail = "The server cannot store this right now. Try again in a moment."


class Internal(ChatError):
    """A bug of ours; the server's log has the traceback."""

    code = "internal"
    detail = "Something went wrong on the server; it has been logged."
