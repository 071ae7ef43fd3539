"""A Redis that is watched: a replica beside it, and three sentinels that put the replica in its place."""

import shutil
import tempfile
from pathlib import Path

import redis

from chaos.stack.ports import free_port
from chaos.stack.process import Process
from chaos.stack.redis_server import RedisServer
from chatproject.serving import valkey

MASTER = "parley"
QUORUM = 2
DOWN_AFTER_MS = 1000
FAILOVER_TIMEOUT_MS = 5000


class Sentinels:
    """Watches `primary`, which must listen on a port."""

    def __init__(self, primary: RedisServer) -> None:
        self.primary, self.replica = primary, RedisServer(port=free_port())
        self._ports = [free_port() for _ in range(3)]
        self._directory = Path(tempfile.mkdtemp(prefix="parley-sentinels-"))
        self._processes: list[Process] = []

    @property
    def url(self) -> str:
        """As `REDIS_URL` has it."""
        return f"redis+sentinel://{','.join(f'127.0.0.1:{port}' for port in self._ports)}/{MASTER}"

    def start(self) -> None:
        """Start the replica and the sentinels; the primary runs."""
        self.replica.start()
        with self.replica.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", str(self.primary.port))
        for port in self._ports:
            configuration = self._directory / f"{port}.conf"
            configuration.write_text(
                f"port {port}\nbind 127.0.0.1\nprotected-mode no\ndir {self._directory}\n"
                f"sentinel monitor {MASTER} 127.0.0.1 {self.primary.port} {QUORUM}\n"
                f"sentinel down-after-milliseconds {MASTER} {DOWN_AFTER_MS}\n"
                f"sentinel failover-timeout {MASTER} {FAILOVER_TIMEOUT_MS}\n"
            )
            log = self._directory / f"{port}.log"
            command = [valkey.binary(), str(configuration), "--sentinel"]
            self._processes.append(Process(command, log=log, env={"PATH": "/usr/bin:/bin"}, cwd=self._directory))

    def ready(self) -> bool:
        """Whether every sentinel knows the others and the replica."""
        try:
            states = [self._state(port) for port in self._ports]
        except redis.RedisError:
            return False
        return all(state["num-other-sentinels"] == 2 and state["num-slaves"] >= 1 for state in states)

    def master_port(self) -> int:
        """The port of the server that the first sentinel takes for the primary."""
        return int(self._state(self._ports[0])["port"])

    def remove(self) -> None:
        """End everything but the primary."""
        for process in self._processes:
            process.kill()
        self.replica.remove()
        shutil.rmtree(self._directory)

    def _state(self, port: int) -> dict[str, int]:
        with redis.Redis(port=port, socket_timeout=2, decode_responses=True) as client:
            state: dict[str, int] = client.sentinel_master(MASTER)
        return state
