"""Where those who connect wait while a worker has its hands full with others who came before."""

import errno
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

# A client gives up after ten seconds, and the proxy tries a second worker: whoever waited longer is served for nothing.
PATIENCE = 3.0
LET_IN = 16
LOOK_SECONDS = 0.01
EXHAUSTED = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


class Port(Protocol):
    """What a lobby needs of the Twisted port that accepts from it."""

    numberAccepts: int

    def doRead(self) -> object: ...

    def startReading(self) -> object: ...

    def stopReading(self) -> object: ...


class Lobby(socket.socket):
    """A listening socket that lets nobody in while `is_crowded`, and never more than 16 in a hundredth of a second.

    A handshake costs some forty times as much as a place to wait. A worker that begins more of them than it can finish
    finishes none in time once it has little of the processor: all its clients give up, and come back. Whoever has
    waited for three seconds, or has hung up meanwhile, costs nothing more than being closed.

    There are so many `places`; more people stay in the kernel's queue, where other workers may find them.
    `call_later` is the event loop's.
    """

    def __init__(
        self,
        *,
        fileno: int,
        port: Port,
        places: int,
        is_crowded: Callable[[], bool],
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        super().__init__(fileno=fileno)
        self.setblocking(False)
        self._port, self._places, self._is_crowded, self._call_later = port, places, is_crowded, call_later
        self._waiting: deque[tuple[float, socket.socket, Any]] = deque()
        self._let_in = 0
        self._looking = self._leaving = False

    def accept(self) -> tuple[socket.socket, Any]:
        """The next who may come in. Raises BlockingIOError where nobody is there or may; otherwise as a socket's."""
        if self._leaving:
            return self._next_of_those_who_wait()
        if self._let_in >= LET_IN or self._is_crowded():
            self._look_again()
            self._have_them_wait()
            raise BlockingIOError(errno.EAGAIN, "crowded")
        self._look_again()
        try:
            visitor, address = self._next_of_those_who_wait()
        except BlockingIOError:
            visitor, address = super().accept()
        self._let_in += 1
        return visitor, address

    def let_all_in(self) -> None:
        """Accept everybody who waits in here, however crowded it is, and from now on nobody else."""
        self._leaving = True
        while self._waiting:
            self._port.doRead()

    def close(self) -> None:
        """Close the socket, and the connections of those who wait."""
        self._leaving = True
        self._send_away_all()
        super().close()

    def _next_of_those_who_wait(self) -> tuple[socket.socket, Any]:
        self._send_away_late()
        while self._waiting:
            _, visitor, address = self._waiting.popleft()
            if not _has_hung_up(visitor):
                return visitor, address
            visitor.close()
        raise BlockingIOError(errno.EAGAIN, "nobody waits")

    def _have_them_wait(self) -> None:
        """Take in whoever knocks, so that it is known since when they wait, and see off who has waited too long."""
        self._send_away_late()
        try:
            while len(self._waiting) < self._places:
                visitor, address = super().accept()
                self._waiting.append((time.monotonic(), visitor, address))
        except BlockingIOError:
            return
        except OSError as failure:
            if failure.errno in EXHAUSTED:  # those in here are the first to do without
                self._send_away_all()
            raise
        self._port.stopReading()

    def _send_away_late(self) -> None:
        late = time.monotonic() - PATIENCE
        while self._waiting and self._waiting[0][0] < late:
            self._waiting.popleft()[1].close()

    def _send_away_all(self) -> None:
        while self._waiting:
            self._waiting.popleft()[1].close()

    def _look_again(self) -> None:
        if not self._looking:
            self._looking = True
            self._call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._let_in, self._looking = 0, False
        if self._leaving:
            return
        self._port.startReading()
        if self._waiting:
            # Twisted asks for as many as came the last time, which may have been none.
            self._port.numberAccepts = LET_IN + 1
            self._port.doRead()


def _has_hung_up(visitor: socket.socket) -> bool:
    poll = select.poll()
    poll.register(visitor, select.POLLRDHUP)
    return bool(poll.poll(0))
