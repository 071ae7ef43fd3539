"""Token buckets: how fast commands may come."""

import time
from collections.abc import Callable

from chat.errors import RateLimited


class Bucket:
    """Holds up to `burst` tokens and regains `rate` of them a second; a command takes one."""

    __slots__ = ("_burst", "_clock", "_rate", "_seen", "_tokens")

    def __init__(self, *, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._seen = float(burst), clock()

    @property
    def full(self) -> bool:
        """Whether nothing was taken lately: a new bucket would be the same."""
        return self._tokens + (self._clock() - self._seen) * self._rate >= self._burst

    def take(self) -> None:
        """Take a token. Raises `RateLimited`, with the seconds until there is one."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._seen) * self._rate)
        self._seen = now
        if self._tokens < 1:
            raise RateLimited(retry_after=round((1 - self._tokens) / self._rate, 3))
        self._tokens -= 1
