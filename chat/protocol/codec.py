"""Text to commands and events to text: the only JSON parsing and writing for sockets."""

import json
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from chat.protocol.commands import AnyCommand
from chat.protocol.events import Event
from chat.protocol.replies import ErrorReply, Reply

SUBPROTOCOL = "parley.v1"

_commands: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


class FrameBroken(Exception):
    """The frame is not a command at all; the socket closes with 4400 and this reason."""


class CommandRefused(Exception):
    """The frame is a known command with bad fields; answered by the error `code`."""

    def __init__(self, *, ref: str | None, code: str, detail: str) -> None:
        self.ref, self.code, self.detail = ref, code, detail
        super().__init__(detail)


def decode(text: str) -> AnyCommand:
    """The command in a text frame. Raises `FrameBroken` or `CommandRefused`."""
    try:
        return _commands.validate_json(text)
    except (ValidationError, UnicodeEncodeError) as refusal:
        raise _explained(text, refusal) from None


def encode(frame: Event | Reply | ErrorReply) -> bytes:
    """The frame as UTF-8 JSON; times are UTC with a Z."""
    return orjson.dumps(frame, option=orjson.OPT_UTC_Z)


def _explained(text: str, refusal: ValidationError | UnicodeEncodeError) -> FrameBroken | CommandRefused:
    try:
        frame: Any = json.loads(text)
    except (ValueError, RecursionError):
        return FrameBroken("not JSON")
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        return FrameBroken("not a command object")
    ref = frame.get("ref")
    ref = ref if isinstance(ref, str) and 0 < len(ref) <= 64 and ref.isprintable() else None
    if isinstance(refusal, UnicodeEncodeError):
        return CommandRefused(ref=ref, code="invalid_text", detail="The text contains a lone surrogate.")
    first = refusal.errors(include_url=False, include_input=False)[0]
    if first["type"] == "union_tag_invalid":
        return FrameBroken("unknown type")
    if first["type"] == "json_invalid":
        return CommandRefused(ref=ref, code="invalid_text", detail="The text contains a lone surrogate.")
    field = ".".join(str(part) for part in first["loc"][1:])
    return CommandRefused(ref=ref, code="invalid", detail=f"{field or 'command'}: {first['msg']}")
