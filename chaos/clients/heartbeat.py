"""Finds out that a connection is dead although nobody closed it: the page's rule, with the page's times."""

import asyncio
from collections.abc import Callable
from math import inf

ANSWER = 9.0
"""Seconds without a frame after a question, after which the connection is dead."""
COMMAND = 6.0
"""Seconds without a frame, while a command waits for its reply, after which to ask."""
LOOK = 5.0
"""Seconds between two looks, at most."""
LATE = 3.0
"""Seconds by which a look may come late; after a longer sleep an answer may lie unread."""


class Heartbeat:
    """Asks by `ping` after a silence and judges by the answer: `dead` is called once where there is none."""

    def __init__(self, *, ping: Callable[[], None], dead: Callable[[], None]) -> None:
        self._ping, self._dead = ping, dead
        self._interval = inf
        self._timer: asyncio.TimerHandle | None = None
        self._look_at = self._until = 0.0
        self._unanswered = 0

    def start(self, seconds: float) -> None:
        """Ask after so many seconds of silence."""
        self._interval = seconds
        self.heard()
        self._wait()

    def heard(self) -> None:
        """A frame came, whatever it was."""
        self._unanswered = 0
        self._until = self._now() + self._interval

    def expect(self) -> None:
        """An answer is due: unless something is heard, ask sooner."""
        if self._unanswered == 0:
            self._until = min(self._until, self._now() + COMMAND)

    def probe(self) -> None:
        """Ask now: the machine woke up, or the network changed. Without effect before `start`."""
        if self._timer is not None and self._unanswered == 0:
            self._ask()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        now = self._now()
        late = now - self._look_at > LATE
        if now >= self._until and self._unanswered > late:
            self.stop()
            self._dead()
            return
        if late or now >= self._until:
            self._ask()
        self._wait()

    def _ask(self) -> None:
        self._unanswered += 1
        self._until = self._now() + ANSWER
        self._ping()

    def _wait(self) -> None:
        self.stop()
        self._look_at = min(self._now() + LOOK, max(self._until, self._now()))
        self._timer = asyncio.get_running_loop().call_at(self._look_at, self._look)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
