import asyncio
from collections.abc import Callable

SILENT_AFTER = 1.5
FORGOTTEN_AFTER = 600.0


class Peers:
    """The other workers, by their probes: who falls silent may be cut off, and may go on committing.

    `missing` are those silent for a second and a half, until they are heard again, or for ten minutes. `on_missing` is
    called for each.
    """

    def __init__(self, on_missing: Callable[[], None]) -> None:
        self.missing: set[str] = set()
        self._on_missing = on_missing
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def count(self) -> int:
        """How many are known, missing or not."""
        return len(self._timers)

    def heard(self, worker: str) -> None:
        """A probe of the worker came."""
        self._forget(worker)
        self._timers[worker] = asyncio.get_running_loop().call_later(SILENT_AFTER, self._miss, worker)

    def left(self, worker: str) -> None:
        """The worker said that it leaves."""
        self._forget(worker)

    def close(self) -> None:
        """Wait for nobody any more."""
        for worker in list(self._timers):
            self._forget(worker)

    def _miss(self, worker: str) -> None:
        self.missing.add(worker)
        self._timers[worker] = asyncio.get_running_loop().call_later(FORGOTTEN_AFTER, self._forget, worker)
        self._on_missing()

    def _forget(self, worker: str) -> None:
        self.missing.discard(worker)
        timer = self._timers.pop(worker, None)
        if timer is not None:
            timer.cancel()
