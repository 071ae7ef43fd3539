"""Listening sockets that belong to the process manager."""

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from typing import Any

from twisted.internet import reactor, tcp, unix

from chatproject.serving.lobby import Lobby

BACKLOG = 4096
SHARED_PLACES = 64


class UnixPort(unix.Port):
    """A UNIX socket shared with the process manager and other workers.

    Twisted's own port would take it for its own: reset the backlog to 50 and the mode to 666 when it starts; shut the
    socket down for every process and unlink its file when it stops.
    """

    _shouldShutdown = False

    @classmethod
    def of(cls, listener: socket.socket, factory: Any) -> "UnixPort":
        port: UnixPort = cls._fromListeningDescriptor(reactor, listener.fileno(), factory)  # type: ignore[no-untyped-call]
        port.backlog = BACKLOG
        port.mode = stat.S_IMODE(os.stat(listener.getsockname()).st_mode)
        return port

    def connectionLost(self, reason: Any) -> None:
        tcp.Port.connectionLost(self, reason)  # type: ignore[no-untyped-call]


def adopt(listener: socket.socket, factory: Any, *, is_crowded: Callable[[], bool]) -> Any:
    """A Twisted port that accepts on a duplicate of a listening TCP or UNIX socket, through a `Lobby`."""
    apart = listener.family == socket.AF_UNIX
    if apart:
        port: Any = UnixPort.of(listener, factory)
    else:
        port = tcp.Port._fromListeningDescriptor(  # type: ignore[no-untyped-call]
            reactor, listener.fileno(), listener.family, factory
        )
    port._preexistingSocket = Lobby(
        fileno=port._preexistingSocket.detach(),
        port=port,
        # Who waits here for one worker cannot be served by another, which may have nothing to do.
        places=BACKLOG if apart else SHARED_PLACES,
        is_crowded=is_crowded,
        call_later=asyncio.get_event_loop().call_later,
    )
    port.startListening()
    return port
