"""Whether the channel layer carries messages: a probe to ourselves every second, and a breaker."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

INTERVAL = 1.0
DEADLINE = 1.0
UNWELL_AFTER = 3
ALERT_AFTER = 10.0


class Health:
    """`well` is false until a probe came back, and from the third missed one (or failed call) on."""

    def __init__(
        self,
        send_probe: Callable[[float], Awaitable[None]],
        *,
        clock: Callable[[], float] = time.monotonic,
        on_well: Callable[[], None] = lambda: None,
        on_unwell: Callable[[], None] = lambda: None,
    ) -> None:
        self._send_probe, self._clock = send_probe, clock
        self._on_well, self._on_unwell = on_well, on_unwell
        self.well = False
        self.missed = 0
        self.alerting = False
        self.round_trip: float | None = None
        self._failures = 0
        self._unwell_since = clock()
        self._last_heard = float("-inf")

    def heard(self, sent_at: float) -> None:
        """A probe came back."""
        now = self._clock()
        self._last_heard = now
        self.round_trip = now - sent_at
        self.missed = self._failures = 0
        if self.alerting:
            self.alerting = False
            logger.info("redis_well_again after %.0f s", now - self._unwell_since)
        if not self.well:
            self.well = True
            self._on_well()

    def failed(self) -> None:
        """A call to Redis failed."""
        self._failures += 1
        if self._failures >= UNWELL_AFTER:
            self._open()

    async def run(self) -> None:
        """Probe until cancelled."""
        while True:
            sent_at = self._clock()
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._send_probe(sent_at)
            except Exception as failure:
                logger.debug("a probe could not be sent: %r", failure)
            await asyncio.sleep(INTERVAL)
            self._judge(sent_at)

    def _judge(self, sent_at: float) -> None:
        if self._last_heard < sent_at:
            self.missed += 1
            if self.missed >= UNWELL_AFTER:
                self._open()
        if not self.well and not self.alerting and self._clock() - self._unwell_since >= ALERT_AFTER:
            self.alerting = True
            logger.error("redis_unwell_for_10s: chat goes on through the database")

    def _open(self) -> None:
        if self.well:
            self.well = False
            self._unwell_since = self._clock()
            self._on_unwell()
