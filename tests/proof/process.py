"""A process of ours, ended by its id and never left behind."""

import ctypes
import signal
import subprocess
from pathlib import Path

PATIENCE = 40.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Process:
    """Runs a command with its output in a file. It dies with the thread that starts it, whatever happens."""

    def __init__(self, command: list[str], *, log: Path, env: dict[str, str], cwd: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, cwd=cwd, preexec_fn=_die_along
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def signal(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def kill(self) -> None:
        """End it at once; again has no effect."""
        self._popen.kill()
        self._popen.wait(PATIENCE)

    def stop(self) -> None:
        """Ask it to end, wait, and kill it where it does not."""
        if self.running:
            self._popen.terminate()
            try:
                self._popen.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
                raise


def _die_along() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
