"""Token buckets: how fast commands may come."""

import time
from collections.abc import Callable
from threading import Lock

from django.conf import settings

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


class PersonBuckets:
    """A bucket a person, for what they do on all their sockets and ask over HTTP; to be used from any thread.

    It is kept when they are gone: coming back refills nothing.
    """

    def __init__(self) -> None:
        self._buckets: dict[int, Bucket] = {}
        self._lock = Lock()

    def take(self, person_id: int) -> None:
        """Take one of the person's tokens. Raises `RateLimited`."""
        with self._lock:
            bucket = self._buckets.get(person_id)
            if bucket is None:
                bucket = Bucket(rate=settings.LIMITS.person_commands, burst=settings.LIMITS.person_burst)
                self._buckets[person_id] = bucket
            bucket.take()

    def forget_full(self) -> None:
        """Drop those that new ones would be the same as."""
        with self._lock:
            self._buckets = {each: bucket for each, bucket in self._buckets.items() if not bucket.full}
