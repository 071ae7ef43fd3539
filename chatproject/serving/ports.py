"""Listening sockets that belong to the process manager."""

import os
import socket
import stat
from typing import Any

from twisted.internet import reactor, tcp, unix

BACKLOG = 4096


class UnixPort(unix.Port):
    """A UNIX socket shared with the process manager and other workers.

    Twisted's own port would take it for its own: reset the backlog to 50 and the mode to 666 when it starts; shut the
    socket down for every process and unlink its file when it stops.
    """

    _shouldShutdown = False

    @classmethod
    def adopt(cls, listener: socket.socket, factory: Any) -> "UnixPort":
        port: UnixPort = cls._fromListeningDescriptor(reactor, listener.fileno(), factory)  # type: ignore[no-untyped-call]
        port.backlog = BACKLOG
        port.mode = stat.S_IMODE(os.stat(listener.getsockname()).st_mode)
        port.startListening()  # type: ignore[no-untyped-call]
        return port

    def connectionLost(self, reason: Any) -> None:
        tcp.Port.connectionLost(self, reason)  # type: ignore[no-untyped-call]


def adopt(listener: socket.socket, factory: Any) -> Any:
    """A Twisted port that accepts on a duplicate of a listening TCP or UNIX socket, which must be non-blocking."""
    if listener.family == socket.AF_UNIX:
        return UnixPort.adopt(listener, factory)
    return reactor.adoptStreamPort(listener.fileno(), listener.family, factory)
