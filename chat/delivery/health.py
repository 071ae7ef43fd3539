"""Whether the channel layer carries messages: a probe to ourselves every second, and a breaker."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

INTERVAL = 1.0
DEADLINE = 1.0
DOUBT_AFTER = 0.5
UNWELL_AFTER = 3
ALERT_AFTER = 10.0


class Health:
    """A breaker that opens on missed probes or failed calls, and closes on a probe that came back.

    `well`: false until the first probe is heard, and again after three missed ones or three failed calls.
    `missed`: how many probes in a row did not come back within their second; 0 as soon as one does.
    `doubtful`: the newest probe is not back after half a second; until one is.
    `alerting`: unwell for ten seconds or more; logged as an ERROR `redis_unwell_for_10s` that names the server and the
    last failure, its end as an INFO. `alerts` counts them.
    `newest_heard`: when the newest probe that came back was sent, by the clock.
    `round_trip`: seconds the last probe that counted took; None before the first.

    `on_well` is called whenever `well` becomes true; `on_doubt` whenever it becomes false, and whenever `doubtful`
    becomes true.
    """

    def __init__(
        self,
        send_probe: Callable[[float], Awaitable[None]],
        *,
        server: str = "Redis",
        clock: Callable[[], float] = time.monotonic,
        on_well: Callable[[], None] = lambda: None,
        on_doubt: Callable[[], None] = lambda: None,
    ) -> None:
        self._send_probe, self._server, self._clock = send_probe, server, clock
        self._on_well, self._on_doubt = on_well, on_doubt
        self.well = False
        self.missed = 0
        self.doubtful = self.alerting = False
        self.alerts = 0
        self.round_trip: float | None = None
        self._failures = 0
        self._last_failure = "probes do not come back"
        self._unwell_since = clock()
        self._awaited = self.newest_heard = float("-inf")

    def heard(self, sent_at: float) -> None:
        """A probe came back. One sent before the probe awaited now is too late to tell anything."""
        if sent_at < self._awaited:
            return
        now = self._clock()
        self.newest_heard = sent_at
        self.round_trip = now - sent_at
        self.missed = self._failures = 0
        self.doubtful = False
        if self.alerting:
            self.alerting = False
            logger.info("redis_well_again: %s, after %.0f s", self._server, now - self._unwell_since)
        if not self.well:
            self.well = True
            self._on_well()

    def failed(self, failure: Exception) -> None:
        """A call to Redis failed; three of them with no probe heard between open the breaker at once."""
        self._last_failure = repr(failure)
        self._failures += 1
        if self._failures >= UNWELL_AFTER:
            self._open()

    async def run(self) -> None:
        """Send a probe a second until cancelled, also where sending takes all of its second."""
        due = self._clock()
        while True:
            doubt = asyncio.get_running_loop().call_later(DOUBT_AFTER, self._doubt)
            await self._probe()
            # After a stall the next goes at once, and those that were not sent are not made up for.
            due = max(due + INTERVAL, self._clock())
            await asyncio.sleep(due - self._clock())
            doubt.cancel()
            self._judge()

    async def _probe(self) -> None:
        self._awaited = self._clock()
        try:
            async with asyncio.timeout(DEADLINE):
                await self._send_probe(self._awaited)
        except Exception as failure:
            logger.debug("a probe could not be sent: %r", failure)
            self.failed(failure)

    def _doubt(self) -> None:
        if self.newest_heard < self._awaited and not self.doubtful:
            self.doubtful = True
            self._on_doubt()

    def _judge(self) -> None:
        if self.newest_heard < self._awaited:
            self.missed += 1
            self._doubt()
            if self.missed >= UNWELL_AFTER:
                self._open()
        if not self.well and not self.alerting and self._clock() - self._unwell_since >= ALERT_AFTER:
            self.alerting = True
            self.alerts += 1
            logger.error(
                "redis_unwell_for_10s: %s: %s; chat goes on through the database", self._server, self._last_failure
            )

    def _open(self) -> None:
        if self.well:
            self.well = False
            self._unwell_since = self._clock()
            self._on_doubt()
