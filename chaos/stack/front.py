"""nginx before the workers, with the product's own configuration."""

import asyncio
import os
from functools import partial
from pathlib import Path
from signal import SIGHUP

from chaos.stack.process import Process
from chatproject.serving import nginx, probes


class Front:
    """Listens on `host` and spreads connections over the workers' UNIX sockets."""

    def __init__(self, directory: Path, *, host: str, workers: int, static: Path) -> None:
        self.sockets = [directory / f"worker-{number + 1}.sock" for number in range(workers)]
        self._directory = directory
        site = nginx.Site(address=host, worker_sockets=self.sockets, directory=directory, static=static)
        self.configuration = directory / "nginx.conf"
        self._command = nginx.command(nginx.binary(), site)
        self.process: Process | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.running

    def start(self) -> None:
        self.process = Process(
            self._command,
            log=self._directory / "nginx.log",
            env={"PATH": os.environ["PATH"]},
            cwd=self._directory,
            family=True,
        )

    async def workers_answer(self) -> None:
        """Return when a worker answers at each socket."""
        ways = [partial(asyncio.open_unix_connection, path) for path in self.sockets]
        await asyncio.gather(*(probes.http_answers(way, host="localhost") for way in ways))

    def workers(self) -> set[int]:
        """The process ids of nginx's own workers, also of those that a reload left behind."""
        return self.process.children() if self.process else set()

    def reload(self) -> None:
        """Have new workers of nginx take over; the old ones keep their connections for a while."""
        assert self.process is not None
        self.process.signal(SIGHUP)

    def kill(self) -> None:
        """SIGKILL to nginx and its workers."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()
