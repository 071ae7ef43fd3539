"""Why a socket was closed by the server, and whether the client should come back."""

from enum import IntEnum


class CloseCode(IntEnum):
    """Reconnect after a random time, after 1012 not before its `retry_after`; so after 4408, 4429 and every other code.

    Stay away after 4400, 4401 and 4403 until a person acts (signs in again, reloads).
    """

    MESSAGE_TOO_BIG = 1009
    """The frame exceeded `limits.frame_bytes`."""
    RESTART = 1012
    """The worker is going away; another one is ready."""
    BAD_FRAME = 4400
    """Not JSON, not an object, binary, of an unknown type, or 500 frames that say nothing: the client is broken.

    Or it offered other subprotocols than ours: it is too old."""
    SIGN_IN = 4401
    """No session, or it ended: sign in again."""
    NOT_ALLOWED = 4403
    """The account was banned or deactivated."""
    TOO_SLOW = 4408
    """The client read too slowly; reconnect and resume."""
    TOO_MANY = 4429
    """Too many sockets of this person."""
