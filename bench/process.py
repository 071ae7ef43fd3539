"""Processes that this program starts and ends."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 15.0


class DidNotStart(Exception):
    """What the process said before it failed."""


@contextmanager
def running(
    command: Sequence[object],
    *,
    cores: Sequence[int],
    log: Path,
    variables: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process bound to these cores, its output in `log`; ended with its children by SIGTERM, then by SIGKILL."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603
            ["taskset", "-c", ",".join(map(str, cores)), *map(str, command)],  # noqa: S607
            env={**os.environ, **(variables or {})},
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and everything in its session."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when something listens. Raises `DidNotStart`."""
    wait_until(lambda: _listens(port), process, log)


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when it holds. Raises `DidNotStart` with the end of the log."""
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DidNotStart(f"{process.args!r}\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """The process's direct children."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
