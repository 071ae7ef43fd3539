"""Which function answers which command. Names from the wire never become names of code."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from chat.connection import Connection
from chat.protocol.commands import Command
from chat.protocol.replies import Data


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command is answered, and what happens in the same step once that is written."""

    data: Data
    then: Callable[[], None] | None = None


C = TypeVar("C", bound=Command)
Handler = Callable[[Connection, C], Awaitable[Answer]]

_handlers: dict[type[Command], Handler[Any]] = {}


def handles(command: type[C]) -> Callable[[Handler[C]], Handler[C]]:
    """Register the one handler of a command."""

    def register(handler: Handler[C]) -> Handler[C]:
        if command in _handlers:
            raise ValueError(f"{command.__name__} has a handler already")
        _handlers[command] = handler
        return handler

    return register


async def dispatch(connection: Connection, command: Command) -> None:
    """Run the command's handler and answer. Raises what the handler raises."""
    answer = await _handlers[type(command)](connection, command)
    connection.answer(command.ref, answer.data)
    if answer.then is not None:
        answer.then()
