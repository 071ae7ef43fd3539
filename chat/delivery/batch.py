"""Adaptive coalescing: writing to every socket costs a system call each, so a busy room's changes share them."""

import asyncio
from collections.abc import Collection
from time import perf_counter

from chat.delivery.frames import Frame
from chat.delivery.subscription import Subscription

MOST_BYTES = 262_144


class Batch:
    """The changes that the live subscribers of one feed are about to get.

    They go as soon as the callback that brought them ends. Where they come faster than they can be written, so that
    several went at once, the next are collected for as long as that took: so a busy feed spends half its time writing,
    and who speaks alone waits for nothing. What comes to `MOST_BYTES` waits no longer.
    """

    __slots__ = ("_bytes", "_due", "_live", "_loop", "_resume_at", "_texts")

    def __init__(self, live: Collection[Subscription]) -> None:
        self._live = live
        self._loop = asyncio.get_running_loop()
        self._texts: list[bytes] = []
        self._bytes = 0
        self._due: asyncio.Handle | None = None
        self._resume_at = 0.0

    def write(self, text: bytes) -> None:
        """Have the change written, after those before it."""
        if not self._live:
            return
        if self._bytes + len(text) > MOST_BYTES:
            self.flush()
        self._texts.append(text)
        self._bytes += len(text)
        if self._due is None:
            # Not the loop's clock: uvloop's stands still within one turn.
            wait = self._resume_at - perf_counter()
            self._due = self._loop.call_later(wait, self.flush) if wait > 0 else self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write now what there is."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if not self._texts:
            return
        texts, self._texts, self._bytes = self._texts, [], 0
        frame = Frame(*texts)
        begun = perf_counter()
        for subscription in tuple(self._live):
            subscription.outlet.write(frame)
        ended = perf_counter()
        self._resume_at = ended + (ended - begun) if len(texts) > 1 else 0.0
