"""How long a tab waits before it connects again: the page's rule, with the page's times."""

import time
from collections.abc import Callable
from random import Random

FIRST, LEAST, CAP = 0.5, 1.0, 15.0
STEADY = 3.0
"""Seconds after which a connection has held."""


class Backoff:
    """A random time, up to half as long as the client has been away."""

    def __init__(self, random: Random, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._random, self._clock = random, clock
        self._since = 0.0
        """When the last connection that held was lost, the first begun, or the server asked to come back.

        Later by as much as others were live since.
        """

    def begin(self) -> None:
        """The page is loaded, and connects."""
        self._since = self._clock()

    def next(self, *, held: float, told: float) -> float:
        """Seconds to wait. `held`: how many the last connection was live, 0 for one that never was.

        `told`: how many the server asked to wait; they are part of the answer.
        """
        now = self._clock()
        if held >= STEADY or told:
            self._since = now + told
            return told + self._random.uniform(0, FIRST)
        self._since += held
        bound = min(CAP, max(LEAST, (now - self._since) / 2))
        return self._random.uniform(bound / 2, bound)
