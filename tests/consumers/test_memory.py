"""A worker that has no memory for a command says that it may be asked again: that is no bug, and not for ever."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async

from chat import openings
from chat.statements import sending
from tests.builders import make_person, make_room
from tests.consumers.test_socket import connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


def once_without_memory(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, times: int) -> None:
    """So many calls of the module's function find no memory."""
    function: Callable[..., Any] = getattr(module, name)
    left = [None] * times

    def starved(*args: Any, **kwargs: Any) -> Any:
        if left:
            left.pop()
            raise MemoryError
        return function(*args, **kwargs)

    monkeypatch.setattr(module, name, starved)


async def test_a_message_there_is_no_memory_for_is_stored_under_its_key_when_there_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ana = await sync_to_async(make_person)("ana")
    room = await sync_to_async(make_room)(ana)
    # A batch that fails is tried once more, taken apart.
    once_without_memory(monkeypatch, sending, "insert", times=2)
    message = {"room": room.pk, "key": str(uuid4()), "body": "how much is left?"}
    async with connected(ana) as socket:
        refused = await socket.ask("message.send", **message)
        stored = await socket.ask("message.send", **message)
    assert refused["error"]["code"] == "unavailable"
    assert refused["error"]["retry_after"] > 0
    assert stored["data"]["message"]["number"] == 1
    assert "Traceback" not in caplog.text


async def test_a_room_there_is_no_memory_to_read_is_to_be_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await sync_to_async(make_person)("ana")
    room = await sync_to_async(make_room)(ana)
    once_without_memory(monkeypatch, openings, "newest", times=1)
    async with connected(ana) as socket:
        refused = await socket.ask("room.open", room=room.pk)
        opened = await socket.ask("room.open", room=room.pk)
    assert refused["error"]["code"] == "unavailable"
    assert opened["ok"]
