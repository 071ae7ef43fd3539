"""A Redis of our own that can be stopped, frozen, emptied and restarted."""

import asyncio
import signal
from pathlib import Path

import redis
from redis.exceptions import RedisError

from tests.proof.process import Process


class RedisProcess:
    """Listens on a UNIX socket and keeps nothing: every start is an empty one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._socket = directory / "redis.sock"
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        """Start, and return when it answers."""
        options = ["--port", "0", "--unixsocket", str(self._socket), "--save", "", "--appendonly", "no"]
        self._process = Process(
            ["redis-server", *options, "--dir", str(self._directory)],
            log=self._directory / "redis.log",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
            cwd=self._directory,
        )
        async with asyncio.timeout(10):
            while not self._answers():
                await asyncio.sleep(0.05)

    def kill(self) -> None:
        """End it at once; everything in it is gone."""
        if self._process is not None:
            self._process.kill()
            self._socket.unlink(missing_ok=True)

    async def restart(self) -> None:
        """Start it where it does not run."""
        if self._process is None or not self._process.running:
            await self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        if self._process is not None:
            self._process.signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None:
            self._process.signal(signal.SIGCONT)

    def flush(self) -> None:
        """FLUSHALL."""
        with self._client() as client:
            client.flushall()

    def kill_subscribers(self) -> int:
        """Cut every connection that listens to pub/sub, and tell how many there were."""
        with self._client() as client:
            killed: int = client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        return killed

    def _answers(self) -> bool:
        try:
            with self._client() as client:
                return bool(client.ping())
        except (RedisError, OSError):
            return False

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self._socket), socket_timeout=5, socket_connect_timeout=5)
