"""A socket that writes down every frame, and says something now and then."""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import count, pairwise
from types import TracebackType
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from chaos.clients.tab import Account
from chaos.stack.sockets import peers_of
from chaos.stack.stack import Stack

PAUSE = 0.2
INBOX = ("membership.changed", "account.changed")


class Recorder:
    """Raw frames in the order of arrival, until the socket ends; use it as a context manager.

    `said` has the time at which each key was sent.
    """

    def __init__(self, stack: Stack, account: Account, room: int) -> None:
        self.frames: list[dict[str, Any]] = []
        self.said: dict[str, float] = {}
        self.ended_at: float | None = None
        self.worker: int | None = None
        """The process that serves it."""
        self._stack, self._account, self._room = stack, account, room
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Recorder":
        self._socket: ClientConnection = await connect(
            f"ws://{self._stack.host}/ws/",
            additional_headers={"Cookie": f"sessionid={self._account.session}"},
            origin=Origin(f"http://{self._stack.host}"),
            subprotocols=[Subprotocol("parley.v1")],
            compression=None,
            proxy=None,
            close_timeout=1,
        )
        self.frames.append(json.loads(await self._socket.recv()))
        self.worker = self._served_by(self._socket.local_address[1])
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._talk())]
        return self

    async def __aexit__(self, *failure: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self._socket.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def code(self) -> int | None:
        """How it was closed, once it is."""
        return self._socket.close_code

    async def ended(self) -> None:
        """Return when the server has closed it."""
        await self._tasks[0]

    async def type(self) -> None:
        """Be seen typing in the room."""
        await self._socket.send(json.dumps({"type": "typing.set", "room": self._room}))

    def room_seqs(self) -> list[int]:
        """The positions in the room that were told, in order."""
        return [each["seq"] for each in self.frames if each.get("room") == self._room and "seq" in each]

    def inbox_seqs(self) -> list[int]:
        """The positions in the inbox that were told, in order."""
        return [each["seq"] for each in self.frames if each["type"] in INBOX]

    def holes(self) -> Iterator[tuple[int, int]]:
        """Where the room's changes do not continue each other."""
        told = [each for each in self.frames if each.get("room") == self._room and "prev" in each]
        return ((a["seq"], b["prev"]) for a, b in pairwise(told) if a["seq"] != b["prev"])

    def _served_by(self, port: int) -> int:
        own = int(self._stack.host.rpartition(":")[2])
        return next(pid for pid in self._stack.workers() if port in peers_of(pid, own))

    async def _listen(self) -> None:
        try:
            await self._socket.send(json.dumps({"type": "room.open", "room": self._room, "ref": "open"}))
            async for text in self._socket:
                self.frames.append(json.loads(text))
        except ConnectionClosed:
            pass
        self.ended_at = time.monotonic()

    async def _talk(self) -> None:
        try:
            for number in count():
                key = str(uuid4())
                self.said[key] = time.monotonic()
                frame = {"type": "message.send", "room": self._room, "key": key, "body": f"still here {number}"}
                await self._socket.send(json.dumps(frame))
                await asyncio.sleep(PAUSE)
        except ConnectionClosed:
            return
