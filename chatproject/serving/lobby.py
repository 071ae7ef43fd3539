"""Where those who connect wait while a worker has its hands full with others who came before."""

import errno
import select
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Any

PLACES = 4096
# A client gives up after ten seconds, and the proxy tries a second worker: whoever waited longer is served for nothing.
PATIENCE = 3.0
LET_IN = 16
LOOK_SECONDS = 0.01


class Lobby(socket.socket):
    """A listening socket that lets nobody in while `is_crowded`, and never more than 16 in a hundredth of a second.

    A handshake costs a hundred times as much as a place to wait. A worker that begins more of them than it can finish
    finishes none in time once it has little of the processor: all its clients give up, and come back. Whoever has
    waited for three seconds, or has hung up meanwhile, costs nothing more than being closed.

    `let_in_next` is called when somebody who waits may be accepted; `call_later` is the event loop's.
    """

    def __init__(
        self,
        *,
        fileno: int,
        is_crowded: Callable[[], bool],
        let_in_next: Callable[[], object],
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        super().__init__(fileno=fileno)
        self.setblocking(False)
        self._is_crowded, self._let_in_next, self._call_later = is_crowded, let_in_next, call_later
        self._waiting: deque[tuple[float, socket.socket, Any]] = deque()
        self._let_in = 0
        self._looking = False

    def accept(self) -> tuple[socket.socket, Any]:
        """The next who may come in. Raises BlockingIOError where nobody is there or may; otherwise as a socket's."""
        if self._let_in >= LET_IN or self._is_crowded():
            self._have_them_wait()
            self._look_again()
            raise BlockingIOError(errno.EAGAIN, "crowded")
        visitor, address = self._next()
        self._let_in += 1
        self._look_again()
        return visitor, address

    def let_all_in(self) -> None:
        """Accept everybody who waits, however crowded it is: there will be no later."""
        self._is_crowded = lambda: False
        while self._waiting:
            self._let_in = 0
            self._let_in_next()

    def close(self) -> None:
        """Close the socket, and the connections of those who wait."""
        self._send_away(len(self._waiting))
        super().close()

    def _next(self) -> tuple[socket.socket, Any]:
        while self._waiting:
            since, visitor, address = self._waiting.popleft()
            if time.monotonic() - since <= PATIENCE and not _has_hung_up(visitor):
                return visitor, address
            visitor.close()
        return super().accept()

    def _have_them_wait(self) -> None:
        """Take in whoever knocks, so that it is known since when they wait, and see off who has waited too long."""
        try:
            while True:
                visitor, address = super().accept()
                if len(self._waiting) < PLACES:
                    self._waiting.append((time.monotonic(), visitor, address))
                else:
                    visitor.close()
        except BlockingIOError:
            pass
        except OSError:
            # Out of descriptors, most likely: those in here are the first to do without.
            self._send_away(len(self._waiting))
            raise
        late = time.monotonic() - PATIENCE
        self._send_away(sum(since < late for since, _, _ in self._waiting))

    def _send_away(self, oldest: int) -> None:
        for _ in range(oldest):
            self._waiting.popleft()[1].close()

    def _look_again(self) -> None:
        if not self._looking:
            self._looking = True
            self._call_later(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self._let_in, self._looking = 0, False
        if self._waiting:
            self._let_in_next()


def _has_hung_up(visitor: socket.socket) -> bool:
    poll = select.poll()
    poll.register(visitor, select.POLLRDHUP)
    return bool(poll.poll(0))
