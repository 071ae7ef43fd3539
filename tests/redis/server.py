"""Real processes of Redis and of Sentinel on loopback ports."""

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis
from redis.exceptions import AuthenticationError, RedisError

from chaos.stack.ports import free_port

START_SECONDS = 10.0


class Server:
    """A `redis-server` that keeps nothing: each start is an empty one.

    `options` are its command line's; with `netns`, it runs in that network namespace, at `address`.
    """

    program = "redis-server"

    def __init__(self, *options: str, address: str = "127.0.0.1", netns: str = "", port: int = 0) -> None:
        self.options, self.address, self.netns = options, address, netns
        self.port = port or free_port()
        self.password = ""
        self._directory = Path(tempfile.mkdtemp(prefix="parley-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Valid also while it does not run."""
        return f"redis://{self.address}:{self.port}"

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        """Start, and return when it answers."""
        inside = ["ip", "netns", "exec", self.netns] if self.netns else []
        self._process = subprocess.Popen([*inside, *self._command()], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.program} does not answer: {self.log()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, frozen or not; without effect if it does not run."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_SECONDS)
            self._process = None

    def restart(self) -> None:
        """End it if it runs, and start it empty."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Freeze it: the kernel goes on accepting connections and taking bytes, and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """End a pause."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self._directory)

    def log(self) -> str:
        return self._log.read_text()

    def execute(self, *command: str | int) -> Any:
        """What it answers to a command."""
        with self.client() as client:
            return client.execute_command(*command)

    def client(self) -> redis.Redis:
        """A synchronous client, for looking and for doing harm."""
        password = self.password or None
        return redis.Redis(self.address, self.port, password=password, socket_timeout=5, socket_connect_timeout=5)

    def _command(self) -> Sequence[str]:
        common = ["--port", str(self.port), "--bind", self.address, "--dir", str(self._directory)]
        kept = ["--save", "", "--appendonly", "no", "--protected-mode", "no", "--logfile", str(self._log)]
        return [self.program, *common, *kept, *self.options]

    @property
    def _log(self) -> Path:
        return self._directory / "log"

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except AuthenticationError:
            return True
        except (RedisError, OSError):
            return False


class SentinelServer(Server):
    """A sentinel that watches a master under the name `main`, and acts within two seconds."""

    def __init__(self, master: Server, *, quorum: int) -> None:
        super().__init__()
        self._master, self._quorum = master, quorum

    def state(self) -> dict[str, Any]:
        """What it knows of the master."""
        with self.client() as client:
            known: dict[str, Any] = client.sentinel_master("main")
        return known

    def _command(self) -> Sequence[str]:
        lines = [
            f"port {self.port}",
            f"bind {self.address}",
            f"dir {self._directory}",
            f"logfile {self._log}",
            "protected-mode no",
            f"sentinel monitor main {self._master.address} {self._master.port} {self._quorum}",
            "sentinel down-after-milliseconds main 1000",
            "sentinel failover-timeout main 4000",
        ]
        file = self._directory / "sentinel.conf"
        file.write_text("\n".join(lines) + "\n")
        return [self.program, str(file), "--sentinel"]
