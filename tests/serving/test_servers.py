"""The real application, on our worker, on stock Daphne, on uvicorn and on the development server."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from tests.serving.ends import end_of
from tests.serving.gunicorns import ROOT, eventually, get

Start = Callable[[int, int], list[str]]

# Two people in a room, and a session for each.
POPULATE = """
import django, json
django.setup()
from django.test import Client
from chat.actions import memberships, rooms
from chat.models import User
keys = []
for name in ("ana", "ben"):
    person = User.objects.create_user(name)
    client = Client()
    client.force_login(person)
    keys.append(client.session.session_key)
room, _ = rooms.create_room(person_id=User.objects.get(username="ana").pk, name="Lobby", topic="", kind="public")
memberships.join_room(person_id=User.objects.get(username="ben").pk, room_id=room.pk)
print(json.dumps([room.pk, *keys]))
"""


@dataclass(frozen=True)
class Running:
    """A server with a room, and the sessions of two people in it."""

    port: int
    room: int
    sessions: list[str]

    def connect(self, session: str = "") -> connect:
        cookie = {"Cookie": f"sessionid={session}"} if session else {}
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/",
            origin=f"http://127.0.0.1:{self.port}",
            subprotocols=["parley.v1"],
            additional_headers=cookie,
        )


def our_worker(descriptor: int, port: int) -> list[str]:
    return ["-m", "gunicorn", "-c", "python:chatproject.serving.gunicorn_conf", f"--bind=fd://{descriptor}"]


def stock_daphne(descriptor: int, port: int) -> list[str]:
    return ["-m", "daphne", "--fd", str(descriptor), "chatproject.asgi:application"]


def uvicorn(descriptor: int, port: int) -> list[str]:
    return ["-m", "uvicorn", "--fd", str(descriptor), "chatproject.asgi:application"]


def runserver(descriptor: int, port: int) -> list[str]:
    os.close(descriptor)
    return ["manage.py", "runserver", "--noreload", str(port)]


@pytest.fixture(scope="module", params=[our_worker, stock_daphne, uvicorn, runserver])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory: Path = tmp_path_factory.mktemp(request.param.__name__)
    ours = ("DJANGO_SETTINGS_MODULE", "REDIS_URL", "DATABASE_URL", "DEBUG")
    variables = {name: value for name, value in os.environ.items() if name not in ours}
    variables |= {"DATA_DIR": str(directory), "WORKERS": "1"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=variables, check=True)
    settings = {**variables, "DJANGO_SETTINGS_MODULE": "chatproject.settings"}
    populated = subprocess.check_output([sys.executable, "-c", POPULATE], cwd=ROOT, env=settings)
    room, *sessions = json.loads(populated)
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
    yield Running(port=port, room=room, sessions=sessions)
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    assert "Traceback" not in (directory / "log").read_text()


def test_it_is_ready(server: Running) -> None:
    assert b'"status": "ready"' in get(server.port, "/readyz")


async def test_a_socket_without_a_session_is_told_to_sign_in(server: Running) -> None:
    async with server.connect() as client:
        assert (await end_of(client)).code == 4401


async def test_two_people_talk_and_a_bad_frame_ends_its_socket(server: Running) -> None:
    ana, ben = [await server.connect(session) for session in server.sessions]
    async with ana, ben:
        for socket_ in (ana, ben):
            assert (await heard(socket_, "hello"))["rooms"][0]["room"]["id"] == server.room
            await socket_.send(json.dumps({"type": "room.open", "ref": "open", "room": server.room}))
            assert (await heard(socket_, "reply"))["ok"]
        for number in range(20):
            said = {"type": "message.send", "ref": str(number), "room": server.room, "key": str(uuid4())}
            await ana.send(json.dumps({**said, "body": f"number {number}"}))
        assert [(await heard(ana, "reply"))["ok"] for _ in range(20)] == [True] * 20
        told = [await heard(ben, "message.changed") for _ in range(20)]
        assert [each["message"]["body"] for each in told] == [f"number {number}" for number in range(20)]
        assert [each["prev"] for each in told[1:]] == [each["seq"] for each in told[:-1]]
        await ben.send("no command")
        assert (await end_of(ben)).code == 4400


@pytest.mark.parametrize("origin", ["http://evil.test", "null", None])
async def test_a_foreign_origin_is_refused(server: Running, origin: str | None) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{server.port}/ws/", origin=origin)
    assert refused.value.response.status_code == 403


async def test_a_path_that_has_no_socket_is_refused_quietly(server: Running) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{server.port}/elsewhere", origin=f"http://127.0.0.1:{server.port}")
    assert refused.value.response.status_code == 403


async def heard(client: ClientConnection, kind: str) -> dict[str, Any]:
    """The next frame of this type."""
    async with asyncio.timeout(10):
        while True:
            frame: dict[str, Any] = json.loads(await client.recv())
            if frame["type"] == kind:
                return frame
