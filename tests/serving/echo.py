"""A small ASGI application for the server's tests: it echoes, and does what a text frame tells it to."""

import asyncio
import gc
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
django.setup()
if os.path.exists(os.environ.get("ECHO_BROKEN", "")):
    raise RuntimeError("a release that cannot be loaded")
if boot := os.environ.get("ECHO_BOOT"):
    seconds, _, marks = boot.partition(" ")
    time.sleep(float(seconds))
    with open(marks, "a") as file:
        file.write(f"{os.getpid()}\n")
while os.path.exists(os.environ.get("ECHO_GATE", "")):
    time.sleep(0.05)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def framed(payload: bytes) -> bytes:
    """A final, unmasked WebSocket text frame."""
    size = len(payload)
    if size < 126:
        return bytes([0x81, size]) + payload
    if size < 65536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/fails-half-way":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("asked to fail half-way")
    if scope["type"] == "http":
        await answer(scope, send)
        return
    outlet = scope["extensions"]["parley.socket"]
    assert (await receive())["type"] == "websocket.connect"
    if scope["path"] == "/rejected":
        await send({"type": "websocket.close"})
        return
    if scope["path"] == "/slow-accept":
        await asyncio.sleep(0.3)
    if scope["path"] == "/fails":
        raise RuntimeError("asked to fail")
    chosen = "of-nobody" if scope["path"] == "/chooses-badly" else next(iter(scope["subprotocols"]), None)
    await send({"type": "websocket.accept", "subprotocol": chosen})
    if scope["path"] == "/late":
        await take_late(receive, send)
        return
    if scope["path"] in ("/crowd", "/jam"):
        await take_all_turns(receive, send, moving=scope["path"] == "/crowd")
        return
    while (event := await receive())["type"] == "websocket.receive":
        if not await obey((event.get("text") or "").split(), outlet, send):
            await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})
    if scope["path"] == "/slow-goodbye":
        await asyncio.sleep(0.5)
    if scope["path"] == "/endless-goodbye":
        await asyncio.sleep(60)
    if marks := os.environ.get("ECHO_MARKS"):
        with open(marks, "a") as file:
            file.write(f"disconnect {event['code']}\n")


async def take_late(receive: Receive, send: Send) -> None:
    """Take nothing until the file of marks is there, then answer each message with its first word."""
    while not os.path.exists(os.environ["ECHO_MARKS"]):
        await asyncio.sleep(0.05)
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"].split()[0]})


async def take_all_turns(receive: Receive, send: Send, *, moving: bool) -> None:
    """Until the socket is closed; `moving`: one of the turns ends and begins anew all the time."""
    from chat import admission, runtime

    door = runtime.current().admission
    async with AsyncExitStack() as turns:
        for person in range(admission.AT_ONCE - moving):
            await turns.enter_async_context(door.opening(person))
        closed = asyncio.ensure_future(receive())
        await send({"type": "websocket.send", "text": "taken"})
        while moving and not closed.done():
            async with door.opening(admission.AT_ONCE):
                await asyncio.wait([closed], timeout=0.05)
        await closed


async def answer(scope: dict[str, Any], send: Send) -> None:
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    lines = [str(os.getpid()), str(scope["client"] and scope["client"][0]), scope["scheme"], scope["root_path"]]
    lines += [f"{name}: {value}" for name, value in sorted(headers.items())]
    body = "\n".join(lines).encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain"), length]})
    await send({"type": "http.response.body", "body": body})


async def obey(words: list[str], outlet: Any, send: Send) -> bool:
    match words:
        case ["pid"]:
            await send({"type": "websocket.send", "text": str(os.getpid())})
        case ["close", code, *reason]:
            await send({"type": "websocket.close", "code": int(code), "reason": " ".join(reason)})
            await send({"type": "websocket.send", "text": "too late"})
        case ["outlet-close", code, *reason]:
            outlet.close(int(code), " ".join(reason))
            outlet.write(framed(b"too late"))
        case ["size", size]:
            await send({"type": "websocket.send", "text": "x" * int(size)})
        case ["flood", count, size]:
            for number in range(int(count)):
                outlet.write(framed(str(number).encode().ljust(int(size), b".")))
                if outlet.buffered():
                    await asyncio.sleep(0.001)
        case ["burst", count, size]:
            for number in range(int(count)):
                outlet.write(framed(str(number).encode().ljust(int(size), b".")))
        case ["brim"]:
            while not outlet.buffered():
                outlet.write(framed(b"." * 1000))
        case ["mixed", count]:
            for number in range(int(count)):
                if number % 3:
                    outlet.write(framed(f"{number}:".encode().ljust(5000, b"w")))
                else:
                    await send({"type": "websocket.send", "text": f"{number}:".ljust(5000, "s")})
                if outlet.buffered() > 500_000:
                    await asyncio.sleep(0.01)
        case ["objects", name]:
            gc.collect()
            alive = sum(type(each).__name__ == name for each in gc.get_objects())
            await send({"type": "websocket.send", "text": str(alive)})
        case ["loop"]:
            loop = type(asyncio.get_running_loop()).__module__
            await send({"type": "websocket.send", "text": loop})
        case ["block", seconds]:
            time.sleep(float(seconds))
        case ["raise"]:
            raise RuntimeError("asked to")
        case _:
            return False
    return True
