"""A real Redis, which can die, freeze and come back empty."""

import asyncio
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import redis
from redis.exceptions import RedisError

from chatproject.serving import valkey

START_SECONDS = 10.0


class RedisServer:
    """Listens on a UNIX socket in a directory of its own and keeps nothing: each start is an empty one.

    With `port`, it listens on that one of 127.0.0.1 as well.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.port = port
        self._directory = Path(tempfile.mkdtemp(prefix="parley-redis-"))
        self._socket = self._directory / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Valid also while it does not run."""
        return f"unix://{self._socket}"

    def start(self) -> None:
        """Start, and return when it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--unixsocket", str(self._socket)]
        options += ["--save", "", "--appendonly", "no", "--protected-mode", "no"]
        self._process = subprocess.Popen(
            [valkey.binary(), *options, "--dir", str(self._directory), "--logfile", str(self._directory / "log")]
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"redis-server does not answer: {self.log()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it the gentle way."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """End it if it runs, and start it empty."""
        self.kill()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, new ones are accepted by the kernel, and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """End a pause."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it and leave nothing behind."""
        self.kill()
        shutil.rmtree(self._directory)

    def client(self) -> redis.Redis:
        """A synchronous client, for looking and for doing harm."""
        return redis.Redis(unix_socket_path=str(self._socket), socket_timeout=5, socket_connect_timeout=5)

    def log(self) -> str:
        """What it has logged since it was made."""
        return (self._directory / "log").read_text()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Raw streams to it, for a proxy."""
        return await asyncio.open_unix_connection(self._socket)

    def kill_subscribers(self) -> int:
        """Cut every connection that subscribes, and tell how many there were."""
        with self.client() as client:
            killed: int = client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        return killed

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            # A frozen process takes SIGTERM only when it goes on.
            self._process.send_signal(signal.SIGCONT)
            self._process.wait(START_SECONDS)
            self._process = None
        self._socket.unlink(missing_ok=True)

    def _signal(self, which: signal.Signals) -> None:
        if self._process is None:
            raise RuntimeError("redis-server does not run")
        self._process.send_signal(which)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False
