"""Where the run-time files of one installation are."""

import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# An AF_UNIX path has 108 bytes, the last one a NUL.
LONGEST_SOCKET_PATH = 107


class AlreadyRunning(Exception):
    """Another supervisor uses the same DATA_DIR."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """A private directory for sockets and generated files, and the lock that says it is in use."""

    directory: Path
    temporary: bool
    lock: IO[str]

    @classmethod
    def open(cls, data_dir: Path) -> "Places":
        """In DATA_DIR, or under the system's temporary directory where that path is too long for sockets.

        Raises `AlreadyRunning`.
        """
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = _locked(data_dir / "lock")
        directory = data_dir / "run"
        temporary = len(os.fsencode(directory / "worker-64.sock")) > LONGEST_SOCKET_PATH
        if temporary:
            directory = Path(tempfile.mkdtemp(prefix="parley-"))
        directory.mkdir(exist_ok=True)
        directory.chmod(0o700)
        return cls(directory=directory, temporary=temporary, lock=lock)

    def valkey_socket(self) -> Path:
        return self.directory / "valkey.sock"

    def worker_socket(self, number: int) -> Path:
        return self.directory / f"worker-{number}.sock"

    def close(self) -> None:
        """Let the next one start. A temporary directory goes."""
        if self.temporary:
            shutil.rmtree(self.directory)
        self.lock.close()


def _locked(path: Path) -> IO[str]:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning from None
    return file
