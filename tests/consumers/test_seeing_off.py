"""A worker that leaves waits for what its sockets began, and not for ever."""

import asyncio

import pytest

from chat import connections as module
from chat.connection import Connection
from chat.connections import Connections
from chat.delivery.frames import Frame
from chat.protocol.close_codes import CloseCode
from chat.protocol.shapes import Person


class Outlet:
    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.closed: CloseCode | None = None

    def write(self, frame: Frame) -> None:
        self.frames.append(frame)

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = code

    def hold(self) -> None: ...

    def release(self) -> None: ...


async def test_a_command_that_takes_too_long_is_left_and_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "ANSWERED_WITHIN", 0.05)
    outlet, never = Outlet(), asyncio.Event()

    async def wait() -> None:
        await never.wait()

    connection = Connection(person=Person(1, "ana"), session_key="key", outlet=outlet)
    connections = Connections()
    connections.add(connection)
    connection.start(wait())
    await connections.see_off()
    assert "1 commands are left unanswered" in caplog.text
    assert b"goodbye" in b"".join(frame.wire for frame in outlet.frames)
    assert outlet.closed == CloseCode.RESTART
    never.set()
    await asyncio.gather(*connection.tasks)
