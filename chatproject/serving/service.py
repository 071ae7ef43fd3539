"""A program that the supervisor runs."""

import asyncio
import ctypes
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

START_SECONDS = 60.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0

Probe = Callable[[], Coroutine[Any, Any, None]]


class NotStarted(Exception):
    """A sentence for the person who waits, and a status to exit with: the program's, or 1 when it does not answer."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Service:
    """One program and its children, in a session of their own: a terminal's Ctrl-C reaches the supervisor alone.

    The program gets SIGTERM when the supervisor dies, however that happens (on Linux).
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        variables: Mapping[str, str],
        probes: Sequence[Probe] = (),
        log: Path | None = None,
    ) -> None:
        self.name, self.command, self.variables, self.probes, self.log = name, command, variables, probes, log
        self.process: Process | None = None

    async def up(self) -> None:
        """Start it and wait until every probe returned. Raises `NotStarted`, after a minute at the latest."""
        await self._start()
        answers, ended = asyncio.create_task(self._answers()), asyncio.create_task(self.ended())
        try:
            await asyncio.wait([answers, ended], timeout=START_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not answers.done():
                where = f" {self.log} tells why." if self.log else ""
                raise NotStarted(f"{self.name} did not start.{where}", ended.result() if ended.done() else 1)
        finally:
            answers.cancel()
            ended.cancel()

    async def run(self) -> int:
        """Start it and wait for its end."""
        await self._start()
        return await self.ended()

    async def ended(self) -> int:
        """Wait for its end; the exit status, as a shell tells it."""
        assert self.process is not None
        status = await self.process.wait()
        return status if status >= 0 else 128 - status

    async def keep(self) -> NoReturn:
        """Start it again whenever it ends: after half a second, then twice as long each time, at most 30 s."""
        pause = FIRST_PAUSE
        while True:
            since = time.monotonic()
            status = await self.ended()
            # Children it left behind would hold its address.
            self._signal_all(signal.SIGKILL)
            if time.monotonic() - since > SETTLED_SECONDS:
                pause = FIRST_PAUSE
            print(f"{self.name} ended with status {status}; it starts again in {pause:g} s.", flush=True)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self._start()

    def send(self, number: signal.Signals) -> None:
        """Signal the program, if it runs."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)

    async def stop(self, *, seconds: float) -> None:
        """SIGTERM to it and its children, and SIGKILL to who is left after `seconds`."""
        if self.process is None:
            return
        try:
            async with asyncio.timeout(seconds):
                number: int = signal.SIGTERM
                while self._signal_all(number):
                    number = 0
                    await asyncio.sleep(0.02)
        except TimeoutError:
            self._signal_all(signal.SIGKILL)
        await self.process.wait()

    async def _answers(self) -> None:
        await asyncio.gather(*(probe() for probe in self.probes))

    async def _start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            *self.command, env=self.variables, start_new_session=True, preexec_fn=_end_with_parent
        )

    def _signal_all(self, number: int) -> bool:
        """Whether anybody is there to get it; 0 only asks."""
        assert self.process is not None
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return False
        return True


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
