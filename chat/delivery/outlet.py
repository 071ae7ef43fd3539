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


class Listener(Protocol):
    """Takes frames in order and never blocks."""

    def write(self, frame: Frame) -> None: ...


class Outlet(Listener, Protocol):
    """A listener that can be closed; frames after that are dropped.

    Between `hold` and `release` frames are kept, and a close drops them; held several times, it is released as often.
    """

    def close(self, code: CloseCode, reason: str) -> None: ...

    def hold(self) -> None: ...

    def release(self) -> None: ...


class DirectOutlet:
    """On our server: the bytes that every socket shares."""

    __slots__ = ("_holds", "_kept", "_socket", "_write")

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        self._write: Callable[[bytes], None] = socket.write
        self._holds = 0
        self._kept: list[bytes] = []

    def write(self, frame: Frame) -> None:
        self._write(frame.wire)

    def close(self, code: CloseCode, reason: str) -> None:
        self._kept.clear()
        self._socket.close(int(code), reason)

    def hold(self) -> None:
        self._holds += 1
        self._write = self._kept.append

    def release(self) -> None:
        self._holds -= 1
        if self._holds == 0:
            self._write = self._socket.write
            kept, self._kept = self._kept, []
            for frames in kept:
                self._write(frames)


class QueuedOutlet:
    """On any other ASGI server: a queue and a task a socket; past `bound` bytes the client is too slow and closed."""

    def __init__(self, send: Callable[[Any], Awaitable[None]], *, bound: int) -> None:
        self._send, self._bound = send, bound
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._holds = 0
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
            if self._holds:
                self._queue.clear()
            self._closing = (code, reason)
            self._wake()

    def hold(self) -> None:
        self._holds += 1

    def release(self) -> None:
        self._holds -= 1
        self._wake()

    def _wake(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue and not self._holds:
            text = self._queue.popleft()
            await self._send({"type": "websocket.send", "text": text.decode()})
            self._bytes -= len(text)
        if self._closing is not None:
            code, reason = self._closing
            # Servers other than ours allow applications 1000 and 3000-4999 only.
            await self._send({"type": "websocket.close", "code": max(int(code), 3000), "reason": reason})
