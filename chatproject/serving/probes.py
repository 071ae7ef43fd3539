"""Does it answer yet? Each returns when it does, and tries until then."""

# ruff: noqa: ASYNC110 - what is waited for happens in another process

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

PAUSE = 0.05

_ANSWER = re.compile(rb"HTTP/1\.1 [234]")

Connect = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


async def http_answers(connect: Connect, *, host: str) -> None:
    """An HTTP server answers, with anything but a failure of its own."""
    request = f"GET /livez HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    while not _ANSWER.match(await _first_line(connect, request)):
        await asyncio.sleep(PAUSE)


async def valkey_answers(path: Path) -> None:
    while await _first_line(lambda: asyncio.open_unix_connection(path), b"PING\r\n") != b"+PONG\r\n":
        await asyncio.sleep(PAUSE)


async def _first_line(connect: Connect, request: bytes) -> bytes:
    with suppress(OSError):
        reader, writer = await connect()
        try:
            writer.write(request)
            return await reader.readline()
        finally:
            writer.close()
    return b""
