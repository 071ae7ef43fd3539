"""A client's clock may be off by a day: nothing that it sends says what time it is."""

import pytest

from chat.protocol.commands import Command

TIMES = {"time", "date", "clock", "timestamp", "at", "now", "sent", "created"}


@pytest.mark.parametrize("command", Command.__subclasses__(), ids=lambda command: command.__name__)
def test_no_command_tells_the_time(command: type[Command]) -> None:
    told = [field for field in command.model_fields if TIMES & set(field.split("_"))]
    assert not told


def test_there_are_commands() -> None:
    assert len(Command.__subclasses__()) >= 10
