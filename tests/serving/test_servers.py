"""The real application, on our worker, on stock Daphne and on the development server."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.serving.ends import end_of
from tests.serving.gunicorns import ROOT, eventually, get

Start = Callable[[int, int], list[str]]

ORIGIN = "http://localhost"


def our_worker(descriptor: int, port: int) -> list[str]:
    return ["-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf", f"--bind=fd://{descriptor}"]


def stock_daphne(descriptor: int, port: int) -> list[str]:
    return ["-m", "daphne", "--fd", str(descriptor), "chatproject.asgi:application"]


def runserver(descriptor: int, port: int) -> list[str]:
    os.close(descriptor)
    return ["manage.py", "runserver", "--noreload", str(port)]


@pytest.fixture(scope="module", params=[our_worker, stock_daphne, runserver])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    directory: Path = tmp_path_factory.mktemp(request.param.__name__)
    ours = ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "DATABASE_URL", "DEBUG")
    variables = {name: value for name, value in os.environ.items() if name not in ours}
    variables |= {"DATA_DIR": str(directory), "WORKERS": "1"}
    if request.param is not runserver:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=variables, check=True)
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        port = listener.getsockname()[1]
        descriptor = os.dup(listener.fileno())
    command = [sys.executable, *request.param(descriptor, port)]
    passed = [] if request.param is runserver else [descriptor]
    with (directory / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, pass_fds=passed, stdout=log, stderr=log)
    if passed:
        os.close(descriptor)
    eventually(lambda: b"200 OK" in get(port, "/livez"), "it answers")
    yield port
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    assert "Traceback" not in (directory / "log").read_text()


def test_it_is_ready(port: int) -> None:
    assert b'"status": "ready"' in get(port, "/readyz")


async def test_a_socket_without_a_session_is_told_to_sign_in(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/ws/", origin=ORIGIN, subprotocols=["parley.v1"]) as client:
        assert (await end_of(client)).code == 4401


@pytest.mark.parametrize("origin", ["http://evil.test", "null", None])
async def test_a_foreign_origin_is_refused(port: int, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{port}/ws/", origin=origin)
    assert refused.value.response.status_code == 403


async def test_a_path_that_has_no_socket_is_refused_quietly(port: int) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{port}/elsewhere", origin=ORIGIN)
    assert refused.value.response.status_code == 403
