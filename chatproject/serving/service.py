"""A child process of the supervisor."""

import asyncio
import ctypes
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Mapping, Sequence
from typing import NoReturn

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0


class Service:
    """One program in its own session: a terminal's Ctrl-C reaches the supervisor alone. It ends when that does."""

    def __init__(self, name: str, command: Sequence[str], *, environment: Mapping[str, str]) -> None:
        self.name, self.command, self.environment = name, command, environment
        self.process: Process | None = None

    async def start(self) -> Process:
        """Start it; raises OSError when the program cannot be run."""
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=self.environment, start_new_session=True, preexec_fn=_end_with_parent
        )
        return self.process

    async def run(self) -> int:
        """Start it and wait for its end; its exit status."""
        return await (await self.start()).wait()

    async def keep(self) -> NoReturn:
        """Start it again whenever it ends: after half a second, then twice as long each time, at most 30 s."""
        pause = FIRST_PAUSE
        while True:
            assert self.process is not None
            started = time.monotonic()
            status = await self.process.wait()
            pause = FIRST_PAUSE if time.monotonic() - started > SETTLED_SECONDS else pause
            print(f"{self.name} ended with status {status}; starting it again in {pause:g} s.", flush=True)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self.start()

    def send(self, number: signal.Signals) -> None:
        """Signal it, if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def stop(self, *, seconds: float) -> None:
        """SIGTERM, and SIGKILL when it has not ended after `seconds`. No effect when it does not run."""
        if self.process is None:
            return
        self.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), seconds)
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
