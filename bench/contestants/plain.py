"""Servers that know rooms by number and nobody by name: FastAPI, Node, and the floor."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import cores
from bench.contestants.serving import Serving
from bench.contestants.stores import redis, workspace
from bench.places import FLOOR, NODE, PEER_PYTHON, ROOT
from bench.process import free_port, running, wait_for_port

DIALECT = {"path": "/ws/chat/%R/", "origin": "http://127.0.0.1", "send": '{"message":"%B"}', "marker": '"Message '}


def people(sizes: Sequence[int]) -> list[list[str]]:
    """Rooms are numbered from 1; nobody has a cookie."""
    return [[f"{room} -"] * size for room, size in enumerate(sizes, start=1)]


@contextmanager
def served(
    command: Sequence[object], *, port: int, directory: Path, variables: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A server of one process on the first core, which listens; its process id."""
    log = directory / "server.log"
    with running(command, cores=cores.for_servers(1), log=log, variables=variables, directory=ROOT) as process:
        wait_for_port(port, process, log)
        yield process.pid


@dataclass(frozen=True)
class FastApi:
    """FastAPI on uvicorn with uvloop and httptools, Redis pub/sub between processes."""

    name: str = "FastAPI, uvicorn"
    window: int = 64

    @contextmanager
    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> Iterator[Serving]:
        port = free_port()
        command = [PEER_PYTHON, "-m", "uvicorn", "bench.peers.fastapi_server:app", "--port", str(port)]
        command += ["--loop", "uvloop", "--http", "httptools", "--log-level", "warning", "--backlog", "4096"]
        with workspace() as directory, redis(directory) as broker:
            variables = {"REDIS_URL": broker.url}
            with served(command, port=port, directory=directory, variables=variables) as pid:
                yield Serving(dialect=DIALECT, ports=[port], pids=[pid], stores=[broker.pid], people=people(sizes))


@dataclass(frozen=True)
class Node:
    """The `ws` package with ioredis."""

    name: str = "Node ws"
    window: int = 64

    @contextmanager
    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> Iterator[Serving]:
        port, node = free_port(), shutil.which("node")
        if node is None:
            raise FileNotFoundError("no node here")
        with workspace() as directory, redis(directory) as broker:
            command = [node, NODE / "server.mjs", str(port), broker.url.removeprefix("unix://")]
            with served(command, port=port, directory=directory) as pid:
                yield Serving(dialect=DIALECT, ports=[port], pids=[pid], stores=[broker.pid], people=people(sizes))


@dataclass(frozen=True)
class Floor:
    """`floor.c`: everybody is in one room."""

    name: str = "C floor"
    window: int = 64

    @contextmanager
    def serve(self, sizes: Sequence[int], *, workers: int = 1) -> Iterator[Serving]:
        port = free_port()
        with workspace() as directory, served([FLOOR, str(port)], port=port, directory=directory) as pid:
            yield Serving(dialect=DIALECT, ports=[port], pids=[pid], people=people(sizes))
