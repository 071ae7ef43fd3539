"""PostgreSQL frozen under the whole product: the kernel takes every byte, and nothing answers."""

import asyncio
import json
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
import pytest_asyncio

from chaos.stack.database import Database
from chaos.stack.population import Plan
from chaos.stack.postgres_server import PostgresServer
from chaos.stack.stack import Stack
from tests.database.conftest import without_postgres
from tests.database.holding import ANSWERED_WITHIN
from tests.waiting import until

pytestmark = [without_postgres, pytest.mark.timeout(240)]

PAGES = ["/", "/rooms/here/", "/accounts/email/", "/admin/"]
POOL = 8
# What a worker may start and keep: those that read for sockets, and the event loop's own.
KEPT = 4 + min(32, (os.cpu_count() or 1) + 4)


@dataclass(frozen=True)
class Response:
    path: str
    status: int
    headers: Message
    body: str
    seconds: float


@pytest_asyncio.fixture
async def stack(server: PostgresServer) -> AsyncIterator[Stack]:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "parley"
        database = Database(directory, server=server.url)
        stack = Stack(directory, Plan(people=["ana"], rooms={"here": ["ana"]}), database=database)
        await stack.start()
        try:
            yield stack
        finally:
            await stack.stop()


async def test_pages_and_the_api_say_so_in_time_and_work_again(stack: Stack, server: PostgresServer) -> None:
    workers = stack.workers()
    api = ["/api/rooms", f"/api/rooms/{stack.room('here')}/messages"]
    usual = {answer.path: answer.status for answer in await visit(stack, [*PAGES, *api])}
    assert set(usual.values()) == {200, 302}
    calm = threads(workers)
    with frozen(server):
        for _ in range(2):
            for answer in await visit(stack, [*PAGES, *api] * 4):
                says_so(answer)
            # No visitor's thread outlives its wait.
            await until(lambda: threads(workers) <= calm + KEPT * len(workers), within=ANSWERED_WITHIN)
        assert KEPT * len(workers) < 2 * 4 * len([*PAGES, *api]), "visitors' threads could hide among those"
    begun = time.monotonic()
    while {answer.path: answer.status for answer in await visit(stack, [*PAGES, *api])} != usual:
        assert time.monotonic() - begun < ANSWERED_WITHIN
    assert stack.workers() == workers
    [[connections]] = stack.database.select(
        f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{stack.database.name}' AND pid <> pg_backend_pid()"
    )
    assert connections <= POOL * len(workers)


def threads(workers: list[int]) -> int:
    return sum(len(os.listdir(f"/proc/{pid}/task")) for pid in workers)


@contextmanager
def frozen(server: PostgresServer) -> Iterator[None]:
    processes = server.processes()
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def says_so(answer: Response) -> None:
    assert (answer.path, answer.status) == (answer.path, 503)
    assert answer.seconds < ANSWERED_WITHIN
    assert int(answer.headers["Retry-After"]) > 0
    assert "no-store" in answer.headers["Cache-Control"]
    if answer.path.startswith("/api/"):
        error = json.loads(answer.body)["error"]
        assert error["code"] == "unavailable"
        assert error["retry_after"] > 0
    else:
        assert "The database does not answer" in answer.body


async def visit(stack: Stack, paths: list[str]) -> list[Response]:
    """Ask for all of them at once."""
    async with asyncio.timeout(60):
        return await asyncio.gather(*(_get(stack, path) for path in paths))


async def _get(stack: Stack, path: str) -> Response:
    begun = time.monotonic()
    host, _, port = stack.host.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    session = stack.account("ana").session
    asked = [f"GET {path} HTTP/1.1", f"Host: {stack.host}", f"Cookie: sessionid={session}", "Connection: close"]
    writer.write("\r\n".join([*asked, "", ""]).encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    status, _, headers = head.partition(b"\r\n")
    return Response(
        path, int(status.split()[1]), BytesHeaderParser().parsebytes(headers), body.decode(), time.monotonic() - begun
    )
