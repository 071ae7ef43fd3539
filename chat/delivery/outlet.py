"""The way out to one client, on our own server and on any other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from chat.delivery.frames import Frame
from chat.protocol.close_codes import CloseCode

EXTENSION = "parley.socket"


class Socket(Protocol):
    """What our server offers in the scope's extensions: bytes straight to the transport, bounded by the server."""

    def write(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


class Outlet(Protocol):
    """Takes frames in order and never blocks. Frames after a close are dropped."""

    def write(self, frame: Frame) -> None: ...

    def close(self, code: CloseCode, reason: str) -> None: ...


class DirectOutlet:
    """On our server: the bytes that every socket shares."""

    __slots__ = ("_close", "_write")

    def __init__(self, socket: Socket) -> None:
        self._write, self._close = socket.write, socket.close

    def write(self, frame: Frame) -> None:
        self._write(frame.wire)

    def close(self, code: CloseCode, reason: str) -> None:
        self._close(int(code), reason)


class QueuedOutlet:
    """On any other ASGI server: a queue and a task a socket; past `bound` bytes the client is too slow and closed."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], *, bound: int) -> None:
        self._send, self._bound = send, bound
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._closing: tuple[CloseCode, str] | None = None
        self._writer: asyncio.Task[None] | None = None

    def write(self, frame: Frame) -> None:
        if self._closing is not None:
            return
        self._queue.extend(frame.texts)
        self._bytes += sum(map(len, frame.texts))
        if self._bytes > self._bound:
            self._queue.clear()
            self.close(CloseCode.TOO_SLOW, "too slow")
        self._wake()

    def close(self, code: CloseCode, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self._wake()

    def _wake(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            text = self._queue.popleft()
            await self._send({"type": "websocket.send", "text": text.decode()})
            self._bytes -= len(text)
        if self._closing is not None:
            code, reason = self._closing
            # Servers other than ours allow applications 1000 and 3000-4999 only.
            await self._send({"type": "websocket.close", "code": max(int(code), 3000), "reason": reason})
