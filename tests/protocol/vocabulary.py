"""The wire's vocabulary as the code has it, by name."""

import dataclasses
import inspect
import re
from typing import Any, get_args, get_type_hints

from chat import errors
from chat.api import history, rooms
from chat.protocol import commands, events, replies, shapes

COMMANDS: dict[str, type[commands.Command]] = {
    get_args(command.model_fields["type"].annotation)[0]: command
    for command in get_args(get_args(commands.AnyCommand)[0])
}

EVENTS: dict[str, type[Any]] = {get_args(get_type_hints(event)["type"])[0]: event for event in get_args(events.Event)}

DATA: dict[str, type[Any]] = {data.__name__: data for data in get_args(replies.Data)}

ENVELOPES: dict[str, type[Any]] = {
    envelope.__name__: envelope for envelope in (replies.Reply, replies.ErrorReply, replies.Failure)
}

SHAPES: dict[str, type[Any]] = {
    name: shape
    for name, shape in vars(shapes).items()
    if isinstance(shape, type) and dataclasses.is_dataclass(shape) and shape.__module__ == shapes.__name__
} | {"Cursor": commands.Cursor}

ERRORS: dict[str, type[errors.ChatError]] = {
    error.code: error
    for error in vars(errors).values()
    if inspect.isclass(error) and issubclass(error, errors.ChatError) and error is not errors.ChatError
}

HTTP: dict[str, type[Any]] = {
    shape.__name__: shape
    for shape in (
        rooms.Rooms,
        rooms.NewRoom,
        rooms.RoomCreated,
        rooms.RoomPatch,
        rooms.RoomStored,
        get_type_hints(history.page)["return"],
        rooms.Members,
        rooms.Invitation,
        rooms.MemberStored,
    )
}


def answers() -> dict[str, str]:
    """Which data answers which command, as the replies' docstrings promise."""
    return {
        command: name
        for name, data in DATA.items()
        for command in re.findall(r"`([a-z]+\.[a-z]+)`", re.split(r"[.:](?:\s|$)", data.__doc__ or "")[0])
    }
