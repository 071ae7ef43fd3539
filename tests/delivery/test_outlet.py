"""A way out that is held keeps what comes, in order, on our server and on any other."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from chat.delivery.frames import Frame
from chat.delivery.outlet import DirectOutlet, Outlet, QueuedOutlet
from chat.protocol.close_codes import CloseCode


class Client:
    """What reaches the other end: texts, and then a close code."""

    def __init__(self) -> None:
        self.got: list[bytes | int] = []

    def write(self, frame: bytes) -> None:
        self.got.append(frame[2:])

    def close(self, code: int, reason: str) -> None:
        self.got.append(code)

    async def send(self, event: dict[str, Any]) -> None:
        self.got.append(event["text"].encode() if event["type"] == "websocket.send" else event["code"])


Made = Callable[[Client], Outlet]


@pytest.fixture(params=["direct", "queued"])
def made(request: pytest.FixtureRequest) -> Made:
    if request.param == "direct":
        return DirectOutlet
    return lambda client: QueuedOutlet(client.send, bound=1000)


async def got(client: Client) -> list[bytes | int]:
    for _ in range(5):
        await asyncio.sleep(0)
    return client.got


async def test_what_comes_while_it_is_held_follows_when_it_is_released(made: Made) -> None:
    outlet = made(client := Client())
    outlet.write(Frame(b"before"))
    assert await got(client) == [b"before"]
    outlet.hold()
    outlet.write(Frame(b"one"))
    outlet.write(Frame(b"two"))
    assert await got(client) == [b"before"]
    outlet.release()
    outlet.write(Frame(b"after"))
    assert await got(client) == [b"before", b"one", b"two", b"after"]


async def test_held_twice_it_is_released_twice(made: Made) -> None:
    outlet = made(client := Client())
    outlet.hold()
    outlet.hold()
    outlet.release()
    outlet.write(Frame(b"not yet"))
    assert await got(client) == []
    outlet.release()
    assert await got(client) == [b"not yet"]


async def test_a_close_drops_what_is_held(made: Made) -> None:
    outlet = made(client := Client())
    outlet.hold()
    outlet.write(Frame(b"too late"))
    outlet.close(CloseCode.SIGN_IN, "signed out")
    outlet.write(Frame(b"later still"))
    assert await got(client) == [4401]
