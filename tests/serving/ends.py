"""How a socket ended, as its client saw it."""

import asyncio
from dataclasses import dataclass

from websockets import ConnectionClosed
from websockets.asyncio.client import ClientConnection


@dataclass(frozen=True)
class End:
    """The last messages, and what the close frame said; a code of 1006 when there was none."""

    messages: list[str | bytes]
    code: int
    reason: str


async def end_of(client: ClientConnection) -> End:
    """Read to the end."""
    messages: list[str | bytes] = []
    try:
        while True:
            messages.append(await asyncio.wait_for(client.recv(), 20))
    except ConnectionClosed as closed:
        frame = closed.rcvd
        return End(messages, frame.code, frame.reason) if frame else End(messages, 1006, "")
