"""Thousands of connections in a process of their own, each of which does no more than come back and follow a room."""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Returned:
    """How long after the cut each connection was live again, in seconds and the handshakes that failed meanwhile."""

    times: list[float]
    failures: dict[str, int]
    """By what came instead: an HTTP status, 101 for one that ended before it was live, or an error's name."""
    last_failure: float
    """Seconds from the cut to the end of the last of them; 0: there was none since."""
    ends: dict[str, int]
    """Of all that were live since the herd was made, by close code."""
    waits: list[float]
    """Seconds after which to come back, as they were told, in that order."""

    def after(self, share: float) -> float:
        """Seconds until that share was back."""
        return sorted(self.times)[max(0, round(share * len(self.times)) - 1)]


class Herd:
    """Use as a context manager. `sessions` are shared out among the connections.

    `stays`: how many seconds a connection lasts on average before it is dropped and made anew; 0: until it is cut.
    """

    def __init__(self, host: str, sessions: Sequence[str], *, room: int, size: int, stays: float = 0.0) -> None:
        order = {"host": host, "sessions": list(sessions), "room": room, "size": size, "stays": stays}
        self._order = json.dumps(order)
        self._size = size
        self._cut_at = 0.0
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "Herd":
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "chaos.clients.herding"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            limit=1 << 22,
        )
        self._tell(self._order)
        return self

    async def __aexit__(self, *failure: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def gathered(self, *, within: float) -> None:
        """Wait until all are live for the first time. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while (await self._asked("state"))["live"] < self._size:
                await asyncio.sleep(0.2)

    def was_cut(self) -> None:
        """From now on `returned` counts."""
        self._cut_at = time.monotonic()

    async def returned(self, *, within: float) -> Returned:
        """Wait until all are live again. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while True:
                state = await self._asked("state")
                times = [at - self._cut_at for at in state["since"] if at > self._cut_at]
                if state["live"] == self._size == len(times):
                    last_failure = max(0.0, state["failed_at"] - self._cut_at)
                    return Returned(times, state["failures"], last_failure, state["ends"], state["waits"])
                await asyncio.sleep(0.2)

    async def behind(self, head: int) -> int:
        """How many do not know that the room has come this far."""
        return sum(seq < head for seq in (await self._asked("state"))["seqs"])

    async def lives(self) -> int:
        """How many connections were live so far, one after another and beside each other."""
        return int((await self._asked("state"))["lives"])

    async def _asked(self, question: str) -> dict[str, Any]:
        self._tell(question)
        assert self._process is not None
        assert self._process.stdout is not None
        state: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return state

    def _tell(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
