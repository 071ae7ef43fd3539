"""The product, run as `bin/run` runs it: gunicorn with one Daphne worker for each port."""

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench import cores
from bench.contestants.serving import Serving
from bench.contestants.stores import postgres, redis, workspace
from bench.places import PYTHON, ROOT
from bench.process import children, free_port, running, wait_until

APPLICATION = "chatproject.asgi:application"
INSTRUMENTED = "bench.parley.instrumented:application"

# The bounds are for people; the load is a few clients that speak for thousands.
NO_LIMITS = {
    "LIMIT_SOCKET_COMMANDS": "1000000",
    "LIMIT_SOCKET_BURST": "1000000",
    "LIMIT_PERSON_COMMANDS": "1000000",
    "LIMIT_PERSON_BURST": "1000000",
    "LIMIT_PERSON_SOCKETS": "100000",
    "LIMIT_PENDING_COMMANDS": "100000",
}
DIALECT = {
    "path": "/ws/",
    "protocol": "parley.v1",
    "origin": "http://127.0.0.1",
    "hello": '"type":"hello"',
    "open": '{"type":"room.open","ref":"open","room":%R%C}',
    "ready": '"ref":"open"',
    "send": '{"type":"message.send","ref":"%N","room":%R,"key":"%U","body":"%B"}',
    "marker": '"body":"Message ',
    "ack": '{"type":"reply"',
}


@dataclass(frozen=True)
class Parley:
    """`workers` of `serve` are separate processes on separate ports, with one database and one Redis."""

    database: str = "SQLite"
    application: str = APPLICATION
    window: int = 64

    @property
    def name(self) -> str:
        return "Parley" if self.database == "SQLite" else f"Parley on {self.database}"

    @contextmanager
    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> Iterator[Serving]:
        with ExitStack() as stack:
            directory = stack.enter_context(workspace())
            broker = stack.enter_context(redis(directory))
            stores = [broker.pid]
            variables = {**NO_LIMITS, "DATA_DIR": str(directory), "REDIS_URL": broker.url, "LOG_LEVEL": "warning"}
            if self.database == "PostgreSQL":
                database = stack.enter_context(postgres(directory))
                variables["DATABASE_URL"] = database.url
                stores.append(database.pid)
            people = prepare(directory, sizes, variables)
            ports, pids = [], []
            for _ in range(workers):
                port = free_port()
                pids.append(stack.enter_context(self._worker(port, directory, variables, workers)))
                ports.append(port)
            yield Serving(dialect=DIALECT, ports=ports, pids=pids, people=people, stores=stores)

    @contextmanager
    def _worker(self, port: int, directory: Path, variables: Mapping[str, str], workers: int) -> Iterator[int]:
        log = directory / f"worker-{port}.log"
        command = [PYTHON, "-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf", self.application]
        mine = {**variables, "PORT": str(port), "WORKERS": "1"}
        where = cores.for_servers(workers)
        with running(command, cores=where, log=log, variables=mine, directory=ROOT) as process:
            # gunicorn's master listens before its worker has loaded anything.
            wait_until(lambda: answers(port, "/livez"), process, log)
            yield children(process.pid)[0]


def asked(serving: Serving, path: str) -> float:
    """The number that an instrumented worker answers with; 0 where it answers without one."""
    connection = HTTPConnection("127.0.0.1", serving.ports[0], timeout=60)
    connection.request("GET", path)
    said = connection.getresponse().read().decode()
    connection.close()
    return float(said) if said.isdigit() else 0.0


def answers(port: int, path: str) -> bool:
    """Whether the worker says 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def prepare(directory: Path, sizes: Sequence[int], variables: Mapping[str, str]) -> list[list[str]]:
    """A database with a room of each size, a member and a session for each place in it."""
    lines = directory / "people"
    command = [str(PYTHON), "-m", "bench.parley.populate", str(lines), *map(str, sizes)]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **variables})  # noqa: S603
    rooms: list[list[str]] = []
    each = iter(lines.read_text().splitlines())
    for size in sizes:
        rooms.append([next(each) for _ in range(size)])
    return rooms
