"""A process of ours, ended by its id and never left behind."""

import ctypes
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

PATIENCE = 40.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Process:
    """Runs a command with its output in a file. It dies with the thread that starts it, whatever happens.

    With `family`, it leads a process group of its own, and `kill` ends all of that. `user`: as whom it runs.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: dict[str, str],
        cwd: Path,
        family: bool = False,
        user: str | None = None,
    ) -> None:
        self.log = log
        self._family = family
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env=env,
                cwd=cwd,
                start_new_session=family,
                user=user,
                # A leader that is asked to end takes its family along; killed, it would leave it behind.
                preexec_fn=_end_along if family else _die_along,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def children(self) -> set[int]:
        """The process ids of its children; none where it has ended."""
        if not self.running:
            return set()
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return {int(pid) for pid in found.split()}

    def signal(self, number: Signals) -> None:
        self._popen.send_signal(number)

    def kill(self) -> None:
        """End it at once; again has no effect."""
        if self._family and self.running:
            os.killpg(self.pid, SIGKILL)
        self._popen.kill()
        self._popen.wait(PATIENCE)

    def stop(self, how: Signals = SIGTERM) -> None:
        """Ask it to end, wait, and kill it where it does not."""
        if self.running:
            self._popen.send_signal(how)
            try:
                self._popen.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


def is_traced(pid: int) -> bool:
    """Whether a debugger is attached to every thread; also where the process has ended."""
    threads = Path(f"/proc/{pid}/task").glob("*/status")
    try:
        return all("TracerPid:\t0\n" not in thread.read_text() for thread in threads)
    except (FileNotFoundError, ProcessLookupError):
        return True


def _die_along() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, SIGKILL)


def _end_along() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, SIGTERM)
