"""A server of our own that says whatever a test wants said: what the product should never say, or nothing at all."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

from chat.protocol.codec import SUBPROTOCOL

ROOM = 7


class FakeServer:
    """Says hello, opens an empty room at its `head`, answers pings, and keeps every frame it gets."""

    def __init__(self, *, heartbeat: int) -> None:
        self.heartbeat = heartbeat
        self.head = 10
        self.host = ""
        self.heard: list[dict[str, Any]] = []
        self.sockets: list[ServerConnection] = []
        """Every connection so far, in the order of arrival."""
        self.mute = False
        """While it is, nothing is answered."""
        self.greets = True

    def bound(self, server: Server) -> None:
        address, port = next(iter(server.sockets)).getsockname()[:2]
        self.host = f"{address}:{port}"

    async def say(self, **frame: Any) -> None:
        """A frame to the newest connection."""
        await self.sockets[-1].send(json.dumps(frame))

    async def serve(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        if self.greets:
            await self._answer(type="hello", epoch="e", inbox=0, rooms=[], heartbeat=self.heartbeat)
        async for text in socket:
            command = json.loads(text)
            self.heard.append(command)
            if command["type"] == "ping":
                await self._answer(type="pong", ref=command.get("ref"))
            elif command["type"] == "room.open":
                await self._answer(type="reply", ref=command["ref"], ok=True, data=self._opened())
            elif command["type"] == "message.send":
                await self._answer(type="reply", ref=command["ref"], ok=True, data={"message": self._stored(command)})
            elif command.get("ref"):
                await self._answer(type="reply", ref=command["ref"], ok=True, data={})

    async def _answer(self, **frame: Any) -> None:
        if not self.mute:
            await self.say(**frame)

    def _stored(self, command: dict[str, Any]) -> dict[str, Any]:
        self.head += 1
        place = {"id": self.head, "number": self.head, "seq": self.head}
        return {**place, "key": command["key"], "body": command["body"], "deleted": False, "reactions": []}

    def _opened(self) -> dict[str, Any]:
        room = {"id": ROOM, "message_count": 0}
        return {
            "room": room,
            "epoch": "e",
            "head": self.head,
            "changes": [],
            "reset": True,
            "next": None,
            "presence": None,
        }


@asynccontextmanager
async def fake_server(*, heartbeat: int = 25) -> AsyncIterator[FakeServer]:
    fake = FakeServer(heartbeat=heartbeat)
    protocols = [Subprotocol(SUBPROTOCOL)]
    async with serve(fake.serve, "127.0.0.1", 0, subprotocols=protocols, ping_interval=None, close_timeout=1) as server:
        fake.bound(server)
        yield fake


async def until(truth: Any, *, within: float = 10) -> None:
    """Wait until it is true. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not truth():
            await asyncio.sleep(0.01)
