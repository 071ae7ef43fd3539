# FastAPI is not among the product's packages, where types are checked.
# mypy: disable-error-code="import-not-found, untyped-decorator"
"""FastAPI and Redis pub/sub: one subscriber a process, which writes to the process's own sockets."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)
redis = Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(fan_out())
    yield
    task.cancel()


app = FastAPI(lifespan=lifespan)


async def fan_out() -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.psubscribe("room:*")
        async for message in pubsub.listen():
            if message["type"] == "pmessage":
                text = message["data"].decode()
                for socket in tuple(rooms[message["channel"].decode()]):
                    await socket.send_text(text)


@app.websocket("/ws/chat/{room}/")
async def chat(socket: WebSocket, room: str) -> None:
    name = f"room:{room}"
    await socket.accept()
    rooms[name].add(socket)
    try:
        while True:
            await redis.publish(name, await socket.receive_text())
    except WebSocketDisconnect:
        rooms[name].discard(socket)
