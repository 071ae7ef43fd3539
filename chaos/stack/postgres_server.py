"""A PostgreSQL of our own, with fsync on, which can crash and come back."""

import os
import secrets
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from chaos.stack.ports import free_port
from chaos.stack.process import Process

START_SECONDS = 30.0


class PostgresMissing(Exception):
    """This machine has no PostgreSQL server."""


class PostgresServer:
    """Its data lies in `directory`. Root runs it as the user postgres, as PostgreSQL wants it."""

    def __init__(self, directory: Path, *, small: bool = False) -> None:
        self._directory, self._small = directory, small
        self._binaries = binaries()
        self._user = "postgres" if os.geteuid() == 0 else None
        self.password = secrets.token_hex(8)
        self.port = free_port()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"postgres://parley:{self.password}@127.0.0.1:{self.port}/postgres"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    def create(self) -> None:
        """Make the data directory and start. `directory` exists, empty."""
        secret = self._directory.with_suffix(".password")
        secret.write_text(self.password)
        if self._user:
            subprocess.run(["chown", "-R", self._user, self._directory, secret], check=True)
        options = ["--auth=scram-sha-256", "--no-locale", "-E", "UTF8", "--wal-segsize=1"]
        subprocess.run(
            [self._binaries / "initdb", "-D", self._directory / "data", "-U", "parley", f"--pwfile={secret}", *options],
            check=True,
            capture_output=True,
            user=self._user,
            cwd="/",
        )
        self.start()

    def start(self) -> None:
        """Start, and return when it answers; after a crash that is when it has recovered."""
        bound = ["-c", "max_wal_size=8MB", "-c", "min_wal_size=2MB"] if self._small else []
        self._process = Process(
            [
                *(str(self._binaries / "postgres"), "-D", str(self._directory / "data"), "-p", str(self.port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="),
                *("-c", "max_connections=100", *bound),
            ],
            log=self._directory.with_suffix(".log"),
            env={"PATH": os.environ["PATH"]},
            cwd=Path("/"),
            user=self._user,
        )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if not self._process.running or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not answer: {self._process.log.read_text()[-2000:]}")
            time.sleep(0.05)

    def crash(self) -> None:
        """End it at once, as `pg_ctl stop -m immediate` does: the next start recovers from the log."""
        if self._process is not None:
            self._process.stop(signal.SIGQUIT)

    def processes(self) -> list[int]:
        """The ids of the server's process and of all it has started."""
        if self._process is None or not self._process.running:
            return []
        return [self._process.pid, *self._process.children()]

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def binaries() -> Path:
    """Where PostgreSQL's programs are, the newest. Raises `PostgresMissing`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        raise PostgresMissing
    return found[-1].parent
