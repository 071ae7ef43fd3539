"""Parley as `bin/run` starts it, with data of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.serving.gunicorns import DEADLINE, ROOT, eventually, get, is_alive


class Supervised:
    """Started at once; `ready` waits until it says so. `stop` is Ctrl-C."""

    def __init__(self, data_dir: Path, *arguments: str, port: int | None = None, **variables: str) -> None:
        self.data_dir, self.port = data_dir, port or free_port()
        data_dir.mkdir(parents=True, exist_ok=True)
        self.log = data_dir / "log"
        ours = ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "DATABASE_URL")
        inherited = {name: value for name, value in os.environ.items() if name not in ours}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chatproject.serving.supervisor", *arguments],
            cwd=ROOT,
            env={**inherited, "DATA_DIR": str(data_dir), "PORT": str(self.port), **variables},
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )

    def ready(self) -> "Supervised":
        said = f"Parley is ready at http://127.0.0.1:{self.port}"
        eventually(lambda: said in self.log.read_text() or self.process.poll() is not None, "it is ready")
        assert self.process.poll() is None, self.log.read_text()
        return self

    def checks(self) -> dict[str, object]:
        """What `/readyz` tells; empty while there is no answer."""
        body = get(self.port, "/readyz").partition(b"\r\n\r\n")[2]
        checks: dict[str, object] = json.loads(body)["checks"] if body.startswith(b"{") else {}
        return checks

    def child(self, name: str) -> int:
        """The pid of the service whose command line has `name`."""
        found = [pid for pid in children(self.process.pid) if name in command_line(pid)]
        assert len(found) == 1, found
        return found[0]

    def family(self) -> list[int]:
        """The pids of the services and of their children."""
        services = children(self.process.pid)
        return [*services, *(pid for service in services for pid in children(service))]

    def wait(self) -> int:
        return self.process.wait(DEADLINE)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def all_ended(pids: list[int]) -> bool:
    return not any(is_alive(pid) for pid in pids)
