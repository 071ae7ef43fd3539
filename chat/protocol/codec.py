"""Text to commands and events to text: the only JSON parsing and writing for sockets."""

import json
import re
from collections.abc import Sequence
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from chat.protocol.commands import REF, AnyCommand
from chat.protocol.events import Event
from chat.protocol.replies import ErrorReply, Reply

SUBPROTOCOL = "parley.v1"
_VERSION = re.compile(r"parley\.v[0-9]{1,4}")

# What a refusal repeats of the frame that it refuses.
FIELD_SHOWN, DETAIL_SHOWN = 60, 200

_commands: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


class FrameBroken(Exception):
    """The frame is not a command at all; the socket closes with 4400 and this reason."""


class CommandRefused(Exception):
    """The frame is a known command with bad fields; answered by the error `code`."""

    def __init__(self, *, ref: str | None, code: str, detail: str) -> None:
        self.ref, self.code, self.detail = ref, code, detail
        super().__init__(detail)


def chosen(offered: Sequence[str]) -> str | None:
    """What a handshake answers to the offered subprotocols: ours, else another version of it, else none.

    A browser drops a connection that agrees on nothing of what it offered; the close after it would never be seen.
    """
    if SUBPROTOCOL in offered:
        return SUBPROTOCOL
    return next((each for each in offered if _VERSION.fullmatch(each)), None)


def decode(text: str) -> AnyCommand:
    """The command in a text frame. Raises `FrameBroken` or `CommandRefused`."""
    try:
        return _commands.validate_json(text)
    except ValidationError as refusal:
        raise _explained(text, refusal) from None


def encode(frame: Event | Reply | ErrorReply) -> bytes:
    """The frame as UTF-8 JSON; times are UTC with a Z."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z)


def _explained(text: str, refusal: ValidationError) -> FrameBroken | CommandRefused:
    try:
        frame: Any = json.loads(text)
        unstorable = _has_surrogate(frame)
    except (ValueError, RecursionError):
        return FrameBroken("not JSON")
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return FrameBroken("not a command object")
    ref = frame.get("ref")
    ref = ref if isinstance(ref, str) and len(ref) <= 64 and re.fullmatch(REF, ref) else None
    first = refusal.errors(include_url=False, include_input=False)[0]
    if first["type"] == "union_tag_invalid":
        return FrameBroken("unknown type")
    if unstorable:
        return CommandRefused(ref=ref, code="invalid_text", detail="The text contains a lone surrogate.")
    field = ".".join(str(part) for part in first["loc"][1:]) or "command"
    return CommandRefused(ref=ref, code="invalid", detail=f"{field[:FIELD_SHOWN]}: {first['msg'][:DETAIL_SHOWN]}")


def _has_surrogate(frame: Any) -> bool:
    try:
        json.dumps(frame, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
