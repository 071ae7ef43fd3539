"""A child process of the supervisor."""

import asyncio
import ctypes
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, NoReturn

START_SECONDS = 60.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0

Probe = Callable[[], Coroutine[Any, Any, None]]


class NotStarted(Exception):
    """A service ended, or did not answer in time; `status` is its exit status, 1 where it has none."""

    def __init__(self, name: str, status: int) -> None:
        super().__init__(f"{name} did not start.")
        self.status = status


class Service:
    """One program in its own session: a terminal's Ctrl-C reaches the supervisor alone. It ends when that does."""

    def __init__(
        self, name: str, command: Sequence[str], *, variables: Mapping[str, str], probes: Sequence[Probe] = ()
    ):
        self.name, self.command, self.variables, self.probes = name, command, variables, probes
        self.process: Process | None = None

    async def up(self) -> None:
        """Start it and wait until every probe returned. Raises `NotStarted`, after a minute at the latest."""
        await self._start()
        answers, ended = asyncio.create_task(self._answers()), asyncio.create_task(self.ended())
        try:
            await asyncio.wait([answers, ended], timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not answers.done():
                raise NotStarted(self.name, ended.result() if ended.done() else 1)
        finally:
            answers.cancel()
            ended.cancel()

    async def ended(self) -> int:
        """Wait for its end; the exit status, as a shell tells it."""
        assert self.process is not None
        status = await self.process.wait()
        return status if status >= 0 else 128 - status

    async def run(self) -> int:
        """Start it and wait for its end."""
        await self._start()
        return await self.ended()

    async def keep(self) -> NoReturn:
        """Start it again whenever it ends: after half a second, then twice as long each time, at most 30 s."""
        pause = FIRST_PAUSE
        while True:
            since = time.monotonic()
            status = await self.ended()
            if time.monotonic() - since > SETTLED_SECONDS:
                pause = FIRST_PAUSE
            print(f"{self.name} ended with status {status}; it starts again in {pause:g} s.", flush=True)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self._start()

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

    async def _answers(self) -> None:
        await asyncio.gather(*(probe() for probe in self.probes))

    async def _start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=self.variables, start_new_session=True, preexec_fn=_end_with_parent
        )


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
