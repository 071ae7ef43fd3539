"""gunicorn with the echo application, on a TCP port or on UNIX sockets."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 90.0
"""Seconds, on a machine that runs other tests too: a first run was prepared in 37 where four suites began with it."""


class Gunicorn:
    """Started at once; `stop` ends it. TCP: `port`. UNIX: `sockets`, one a worker."""

    def __init__(
        self, directory: Path, *, workers: int = 1, unix: bool = False, grace: int = 30, **variables: str
    ) -> None:
        self.directory, self.log, self.marks = directory, directory / "log", directory / "marks"
        self.sockets = [directory / f"w{number + 1}.sock" for number in range(workers)] if unix else []
        ours = ("DJANGO_SETTINGS_MODULE", "REDIS_URL")
        # Bound, not listening: gunicorn sets the backlog.
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        binds = [f"unix:{path}" for path in self.sockets] or [f"fd://{listener.fileno()}"]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf"),
                *(
                    "--log-level",
                    "info",
                    f"--graceful-timeout={grace}",
                    *(f"--bind={bind}" for bind in binds),
                    "tests.serving.echo:application",
                ),
            ],
            cwd=ROOT,
            env={
                **{name: value for name, value in os.environ.items() if name not in ours},
                **{"DATA_DIR": str(directory), "WORKERS": str(workers), "ECHO_MARKS": str(self.marks)},
                **variables,
            },
            pass_fds=[listener.fileno()],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        listener.close()
        for target in self.targets():
            eventually(lambda target=target: b"200 OK" in get(target), "a worker answers")

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/echo"

    def targets(self) -> list[Path | int]:
        return [*self.sockets] or [self.port]

    def worker_pids(self) -> list[int]:
        """Living workers by age; one that was killed leaves the list when gunicorn has noticed."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return sorted(int(pid) for pid in found if is_alive(int(pid)))

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        return self.process.wait(DEADLINE)

    def stop(self) -> None:
        """SIGTERM; the workers of a master that was killed see it by themselves."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(DEADLINE)


def connect(target: Path | int, *, receive_buffer: int | None = None) -> socket.socket:
    """A stream to a worker; fails rather than waits when the backlog is full."""
    stream = socket.socket(socket.AF_UNIX if isinstance(target, Path) else socket.AF_INET)
    if receive_buffer is not None:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    stream.settimeout(DEADLINE)
    stream.connect(str(target) if isinstance(target, Path) else ("127.0.0.1", target))
    return stream


def get(target: Path | int, path: str = "/", **headers: str) -> bytes:
    """A whole HTTP response; empty when there is nobody to answer."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    request = "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines, "", ""])
    try:
        with connect(target) as stream:
            stream.sendall(request.encode())
            return b"".join(iter(lambda: stream.recv(65536), b""))
    except (ConnectionError, FileNotFoundError):
        return b""


def pid_behind(target: Path | int) -> int:
    """The pid of the worker that answers."""
    return int(get(target).partition(b"\r\n\r\n")[2].split(b"\n")[0])


def is_alive(pid: int) -> bool:
    try:
        return re.search(r"^State:\s+[ZX]", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE) is None
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident_kib(pid: int) -> int:
    found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)
