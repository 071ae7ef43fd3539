"""Leaving without losing anything: how a worker's connections end."""

import asyncio
import logging
from itertools import islice

from chat import runtime
from chat.admission import come_back
from chat.connections import BATCH, BATCH_PAUSE, Connections
from chat.protocol import codec
from chat.protocol.close_codes import CloseCode
from chat.protocol.events import Goodbye
from chatproject.serving.protocol import SocketProtocol
from chatproject.serving.server import Server

logger = logging.getLogger(__name__)

# Whoever connected just before has so long to say what they want.
LATE_REQUESTS = 0.5


async def drain(server: Server, *, seconds: float) -> None:
    """Stop accepting, finish the commands under way, tell every socket when to come back, and close them.

    Returns when every application has ended; after `seconds` it closes what is left without waiting.
    """
    server.stop_accepting()
    live = runtime.current()
    try:
        async with asyncio.timeout(seconds):
            await live.drain()
            await _close_sockets(server, live.connections)
            await asyncio.sleep(LATE_REQUESTS)
            while running := server.applications():
                # Again: a handshake may have been under way.
                await _close_sockets(server, live.connections)
                await asyncio.wait(running, timeout=LATE_REQUESTS)
    except TimeoutError:
        logger.warning("Leaving with %d connections still open", len(server.applications()))
        close_now(server)
    await live.farewell()


def close_now(server: Server) -> None:
    """Stop accepting and close every socket without waiting for anything."""
    server.stop_accepting()
    sockets = server.sockets()
    for connection in sockets:
        _send_away(connection, returning=len(sockets))


async def _close_sockets(server: Server, known: Connections) -> None:
    returning = len(server.sockets())
    while server.sockets():
        await known.see_off()
        # Those whose owner is not known yet have nothing under way.
        for connection in islice(server.sockets(), BATCH):
            _send_away(connection, returning=returning)
        # The pause lets the first ones leave, and other work run, before the next ones are told.
        await asyncio.sleep(BATCH_PAUSE)


def _send_away(connection: SocketProtocol, *, returning: int) -> None:
    if connection.is_accepted():
        connection.send_text(codec.encode(Goodbye(retry_after=come_back(returning))))
    connection.close(CloseCode.RESTART, "restart")
