"""How long a tab waits before it connects again: the page's rule, with the page's times."""

import time
from collections.abc import Callable
from random import Random

FIRST, LEAST, CAP = 0.5, 1.0, 15.0
STEADY = 3.0
"""Seconds after which a connection has held."""


class Backoff:
    """A random time, as long as the client has been away."""

    def __init__(self, random: Random, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._random, self._clock = random, clock
        self._lost_at: float | None = None
        """When a connection that held was lost, or the first was begun."""

    def begin(self) -> None:
        """The page is loaded, and connects."""
        self._lost_at = self._clock()

    def next(self, *, held: float) -> float:
        """Seconds to wait. `held`: how many the last connection was live; 0 for one that never was."""
        now = self._clock()
        if held >= STEADY:
            self._lost_at = now
            return self._random.uniform(0, FIRST)
        assert self._lost_at is not None
        bound = min(CAP, max(LEAST, now - self._lost_at))
        return self._random.uniform(bound / 2, bound)
