import subprocess
from pathlib import Path

from chaos.stack.postgres_server import PostgresServer


class Standby(PostgresServer):
    """A server that repeats another one, and can only be read until it is promoted. `directory` exists, empty."""

    def __init__(self, directory: Path, primary: PostgresServer) -> None:
        super().__init__(directory)
        self._primary, self.password = primary, primary.password

    def create(self) -> None:
        """Copy the primary, and start."""
        if self._user:
            subprocess.run(["chown", self._user, self._directory], check=True)
        source = self._primary.url.replace("postgres://", "postgresql://", 1)
        copy = [self._binaries / "pg_basebackup", "-d", source, "-D", self._directory / "data", "-R", "-c", "fast"]
        subprocess.run(copy, check=True, capture_output=True, user=self._user, cwd="/")
        self.start()
