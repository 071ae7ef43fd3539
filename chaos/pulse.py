"""How long the clients themselves stood still: they share one process, which others may keep from running."""

import asyncio

BEAT = 0.1


class Pulse:
    """Use as a context manager: it listens from entry to exit."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds for which, at most, nothing ran in this event loop that was due."""
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Pulse":
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._beating is not None
        self._beating.cancel()
        await asyncio.wait([self._beating])

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, loop.time() - due)
