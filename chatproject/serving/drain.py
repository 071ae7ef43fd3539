"""Leaving without losing anything: how a worker's connections end."""

import asyncio
import logging
import random
from itertools import islice

from chat import runtime
from chat.protocol import codec
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Goodbye
from chatproject.serving.protocol import SocketProtocol
from chatproject.serving.server import Server

logger = logging.getLogger(__name__)

RETURNS_PER_SECOND = 300
BATCH = 100
BATCH_PAUSE = 0.05


async def drain(server: Server, *, seconds: float) -> None:
    """Stop accepting, finish the commands under way, tell every socket when to come back, and close them.

    Returns when every application has ended, at the latest after `seconds`.
    """
    server.stop_accepting()
    try:
        async with asyncio.timeout(seconds):
            await runtime.drain()
            await _close_sockets(server)
            while running := server.applications():
                await asyncio.wait(running)
    except TimeoutError:
        logger.warning("Leaving with %d connections still open", len(server.applications()))


def close_now(server: Server) -> None:
    """Stop accepting and close every socket without waiting for anything."""
    server.stop_accepting()
    sockets = server.sockets()
    for connection in sockets:
        _send_away(connection, spread=_spread(len(sockets)))


async def _close_sockets(server: Server) -> None:
    spread = _spread(len(server.sockets()))
    while batch := list(islice(server.sockets(), BATCH)):
        for connection in batch:
            _send_away(connection, spread=spread)
        # The pause lets the first ones leave, and other work run, before the next ones are told.
        await asyncio.sleep(BATCH_PAUSE)


def _spread(sockets: int) -> float:
    return max(1.0, sockets / RETURNS_PER_SECOND)


def _send_away(connection: SocketProtocol, *, spread: float) -> None:
    if connection.is_accepted():
        retry_after = round(random.uniform(0, spread), 2)  # noqa: S311
        connection.send_text(codec.encode(Goodbye(retry_after=retry_after)))
    connection.close(CloseCode.RESTART, "restart")
