"""One connection of a tab: frames out in order, frames in, each answer to its question."""

import asyncio
import json
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from chat.protocol.codec import SUBPROTOCOL

HEARTBEAT = 3.0
SILENCE = 10.0
"""Seconds without a frame, while pings go out, after which the connection counts as dead."""

Answer = Callable[[dict[str, Any] | Exception], None]


class Refused(Exception):
    """The server answered a command with an error."""

    def __init__(self, *, code: str, detail: str, retry_after: float | None) -> None:
        self.code, self.detail, self.retry_after = code, detail, retry_after
        super().__init__(f"{code}: {detail}")


class Disconnected(Exception):
    """The connection ended before the answer: what became of the command is unknown."""


class Wire:
    """A socket that is open. One task reads it, and calls `on_event` and the answers in the order of arrival."""

    def __init__(self, socket: ClientConnection, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._socket, self._on_event = socket, on_event
        self._refs = count(1)
        self._answers: dict[str, Answer] = {}
        self._outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._heard_at = time.monotonic()
        self._awake = asyncio.Event()
        self._awake.set()

    @classmethod
    async def open(
        cls, url: str, *, session: str | None, origin: str, on_event: Callable[[dict[str, Any]], None]
    ) -> "Wire":
        """Connect as a page does. Raises OSError, TimeoutError or `websockets.InvalidHandshake`."""
        socket = await connect(
            url,
            additional_headers={"Cookie": f"sessionid={session}"} if session else None,
            origin=Origin(origin),
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            ping_interval=None,
            open_timeout=10,
            close_timeout=2,
            max_size=None,
            proxy=None,
        )
        return cls(socket, on_event)

    @property
    def local_port(self) -> int:
        """This end's TCP port, by which the worker at the other end can be told."""
        port: int = self._socket.local_address[1]
        return port

    @property
    def closed_with(self) -> tuple[int, str]:
        """The close code and reason, once `run` has returned; 1006 where the connection just ended."""
        return self._socket.close_code or 1006, self._socket.close_reason or ""

    def ask(self, command: dict[str, Any], answer: Answer) -> None:
        """Send a command; `answer` is called once, in reading order, with the reply's data or with what went wrong."""
        ref = str(next(self._refs))
        self._answers[ref] = answer
        self.send(json.dumps({**command, "ref": ref}))

    def send(self, frame: str | bytes) -> None:
        """Send any frame at all."""
        self._outgoing.put_nowait(frame)

    async def run(self) -> None:
        """Read until the connection ends; then every open question is answered by `Disconnected`."""
        tasks = [asyncio.create_task(self._write()), asyncio.create_task(self._beat())]
        try:
            async for text in self._socket:
                self._heard_at = time.monotonic()
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            answers, self._answers = self._answers, {}
            for answer in answers.values():
                answer(Disconnected())

    async def close(self) -> None:
        """Close as a page does when it is left."""
        await self._socket.close()

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._socket.transport.abort()

    def freeze(self) -> None:
        """Neither read nor write from now on."""
        self._awake.clear()
        self._socket.transport.pause_reading()

    def thaw(self) -> None:
        """Go on."""
        self._heard_at = time.monotonic()
        self._awake.set()
        self._socket.transport.resume_reading()

    async def _write(self) -> None:
        while True:
            try:
                frame = await self._outgoing.get()
                await self._awake.wait()
                await self._socket.send(frame)
            except ConnectionClosed:
                return

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            await self._awake.wait()
            if time.monotonic() - self._heard_at > SILENCE:
                self.abort()
            self.send('{"type":"ping"}')

    def _take(self, frame: dict[str, Any]) -> None:
        answer = self._answers.pop(frame.get("ref") or "", None)
        if answer is None:
            self._on_event(frame)
        elif frame["type"] == "pong" or frame["ok"]:
            answer(frame.get("data", frame))
        else:
            answer(Refused(**frame["error"]))
