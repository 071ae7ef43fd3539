"""A socket as its server sees it, and a gate before what it reads."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from chat import runtime
from chat.connection import Connection
from chat.consumers import ChatConsumer
from tests.waiting import until


class Wire:
    """A socket as its server sees it: a queue of what comes in, which may hold much before anything is answered."""

    def __init__(self, session: str) -> None:
        self._scope = {"headers": [(b"cookie", f"sessionid={session}".encode())], "subprotocols": ["parley.v1"]}
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        self._consumer = ChatConsumer()
        self._application: asyncio.Task[None] | None = None
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None
        """How it was closed, once it is."""

    @property
    def closed(self) -> bool:
        return self.code is not None

    @property
    def connection(self) -> Connection:
        assert self._consumer.connection is not None
        return self._consumer.connection

    def connect(self) -> None:
        """Begin to serve it."""
        self._application = asyncio.create_task(self._consumer(self._scope, self._incoming.get, self._send))

    def say(self, type_: str, **fields: Any) -> None:
        text = orjson.dumps({"type": type_, "ref": type_, **fields}).decode()
        self._incoming.put_nowait({"type": "websocket.receive", "text": text})

    def disconnect(self) -> None:
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def told(self, type_: str) -> list[dict[str, Any]]:
        return [each for each in self.heard if each["type"] == type_]

    async def until_heard(self, type_: str) -> None:
        await until(lambda: bool(self.told(type_)))

    async def end(self) -> None:
        """Leave if it is there, and return when it is not served any more."""
        self.disconnect()
        if self._application is not None:
            await asyncio.wait_for(asyncio.shield(self._application), 10)

    async def idle(self) -> None:
        await until(lambda: not self.connection.tasks)

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.heard.append(orjson.loads(message["text"]))
        if message["type"] == "websocket.close" and self.code is None:
            self.code = message["code"]


class Gate:
    """Stands before the answers to one query; `waiting` are those that it holds back."""

    def __init__(self, live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch, query: Callable[..., Any]) -> None:
        self._run, self._query = live.reader.run, query
        self._open = asyncio.Event()
        self.waiting = 0
        monkeypatch.setattr(live.reader, "run", self._read)

    def open(self) -> None:
        self._open.set()

    async def _read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = await self._run(query, *args, **kwargs)
        if query is self._query:
            self.waiting += 1
            await self._open.wait()
            self.waiting -= 1
        return found
