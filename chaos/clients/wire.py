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

from chaos.clients.heartbeat import Heartbeat
from chat.protocol.codec import SUBPROTOCOL

HELLO = 10.0
"""Seconds from connecting to the server's hello, after which the connection is given up."""
REPLY = 15.0
"""Seconds after which a command counts as unanswered, however alive the connection is."""

PING = '{"type":"ping"}'

Answer = Callable[[dict[str, Any] | Exception], None]


class Refused(Exception):
    """The server answered a command with an error."""

    def __init__(self, *, code: str, detail: str, retry_after: float | None) -> None:
        self.code, self.detail, self.retry_after = code, detail, retry_after
        super().__init__(f"{code}: {detail}")


class Disconnected(Exception):
    """The connection ended before the answer: what became of the command is unknown."""


class Unanswered(Disconnected):
    """The connection stands, but the answer did not come: unknown as well. One that comes later is dropped."""

    retry_after: float | None = None


class Wire:
    """A socket that is open. One task reads it, and calls `on_event` and the answers in the order of arrival."""

    def __init__(self, socket: ClientConnection, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._socket, self._on_event = socket, on_event
        self._refs = count(1)
        self._answers: dict[str, Answer] = {}
        self._patience: dict[str, asyncio.TimerHandle] = {}
        self._outgoing: asyncio.Queue[str | bytes] = asyncio.Queue()
        self._awake = asyncio.Event()
        self._awake.set()
        self._heartbeat = Heartbeat(ping=lambda: self.send(PING), dead=self.abort)
        self._interval = 0.0
        self._greeted_at = 0.0

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
            open_timeout=HELLO,
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

    @property
    def held(self) -> float:
        """Seconds since the hello; 0 before it."""
        return time.monotonic() - self._greeted_at if self._greeted_at else 0.0

    def ask(self, command: dict[str, Any], answer: Answer) -> None:
        """Send a command; `answer` is called once, in reading order, with the reply's data or with what went wrong."""
        ref = str(next(self._refs))
        self._answers[ref] = answer
        self._patience[ref] = asyncio.get_running_loop().call_later(REPLY, self._give, ref, Unanswered())
        self._heartbeat.expect()
        self.send(json.dumps({**command, "ref": ref}))

    def send(self, frame: str | bytes) -> None:
        """Send any frame at all."""
        self._outgoing.put_nowait(frame)

    async def run(self) -> None:
        """Read until the connection ends; then every open question is answered by `Disconnected`."""
        writing = asyncio.create_task(self._write())
        greeting = asyncio.get_running_loop().call_later(HELLO, self._abort_ungreeted)
        try:
            async for text in self._socket:
                self._take(json.loads(text))
        except ConnectionClosed:
            pass
        finally:
            greeting.cancel()
            self._heartbeat.stop()
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            for ref in list(self._answers):
                self._give(ref, Disconnected())

    async def close(self) -> None:
        """Close as a page does when it is left."""
        await self._socket.close()

    def abort(self) -> None:
        """Drop the connection without a word."""
        self._socket.transport.abort()

    def probe(self) -> None:
        """Ask for a sign of life now."""
        self._heartbeat.probe()

    def freeze(self) -> None:
        """Neither read nor write from now on."""
        self._heartbeat.stop()
        self._awake.clear()
        self._socket.transport.pause_reading()

    def thaw(self) -> None:
        """Go on, and ask whether anybody is still there."""
        self._awake.set()
        self._socket.transport.resume_reading()
        if self._greeted_at:
            self._heartbeat.start(self._interval)
            self._heartbeat.probe()

    async def _write(self) -> None:
        while True:
            try:
                frame = await self._outgoing.get()
                await self._awake.wait()
                await self._socket.send(frame)
            except ConnectionClosed:
                return

    def _abort_ungreeted(self) -> None:
        if not self._greeted_at:
            self.abort()

    def _take(self, frame: dict[str, Any]) -> None:
        self._heartbeat.heard()
        if frame["type"] == "hello":
            self._greeted_at, self._interval = time.monotonic(), frame["heartbeat"]
            self._heartbeat.start(self._interval)
        ref = frame.get("ref") or ""
        if ref not in self._answers:
            self._on_event(frame)
        elif frame["type"] == "pong" or frame["ok"]:
            self._give(ref, frame.get("data", frame))
        else:
            self._give(ref, Refused(**frame["error"]))
        if self._answers:
            self._heartbeat.expect()

    def _give(self, ref: str, answer: dict[str, Any] | Exception) -> None:
        self._patience.pop(ref).cancel()
        self._answers.pop(ref)(answer)
