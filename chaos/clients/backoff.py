"""How long a tab waits before it connects again: the page's rule, with the page's times."""

from random import Random

BASE, CAP = 0.5, 15.0
STEADY = 10.0
"""Seconds that a connection must have held for the next wait to begin from the start."""


class Backoff:
    """Full jitter: a random time up to a bound that doubles with each connection that did not hold."""

    def __init__(self, random: Random) -> None:
        self._random, self._attempt = random, 0

    def next(self, *, held: float) -> float:
        """Seconds to wait. `held`: how many the last connection was live; 0 for one that never was."""
        if held >= STEADY:
            self._attempt = 0
        pause = self._random.uniform(0, min(CAP, BASE * 2**self._attempt))
        self._attempt += 1
        return pause
