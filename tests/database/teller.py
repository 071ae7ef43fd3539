"""A journal and a reader in a process of their own, as a worker has them, over a database that a test breaks.

Run as a program inside the product's environment it obeys lines of JSON on standard input, one answer each: the
`Asked` below. Its database connection and pool are its own, and so is what they suffer.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from asyncio.subprocess import Process
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 60.0


@dataclass(frozen=True)
class Told:
    """How commands ended: `ok` or the code of an error for each key, the sentence of the last error, and the time."""

    ends: dict[str, str]
    detail: str
    seconds: float

    @property
    def codes(self) -> set[str]:
        return set(self.ends.values())

    @property
    def acknowledged(self) -> set[str]:
        return {key for key, end in self.ends.items() if end == "ok"}


class Place(NamedTuple):
    """Who writes where, and a session of theirs."""

    author: int
    room: int
    session: str


class Teller:
    """Starts the program and talks to it. `heard` collects every acknowledged key."""

    def __init__(self, url: str, directory: Path) -> None:
        self._url, self._directory = url, directory
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self.place: list[Any] = []
        self.heard: set[str] = set()

    async def start(self, *, like: "Teller | None" = None) -> None:
        """Make the tables, a person and a room, and be ready; or write where the other did, and touch nothing yet."""
        self._directory.mkdir(parents=True, exist_ok=True)
        with (self._directory / "log").open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.database.teller"),
                cwd=ROOT,
                env={
                    "PATH": os.environ["PATH"],
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "DATA_DIR": str(self._directory),
                    "DATABASE_URL": self._url,
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.place = like.place if like else (await self._ask({"do": "prepare"}))["place"]
        await self._ask({"do": "adopt", "place": self.place})

    def log(self) -> str:
        return (self._directory / "log").read_text()

    async def send(self, count: int = 1, *, keys: list[str] | None = None) -> Told:
        """Send messages at once, new ones or some again."""
        told = Told(**await self._ask({"do": "send", "keys": keys or [str(uuid4()) for _ in range(count)]}))
        self.heard |= told.acknowledged
        return told

    async def read(self) -> Told:
        """Read something, as a socket does."""
        return Told(**await self._ask({"do": "read"}))

    async def look(self, path: str) -> tuple[int, str]:
        """Status and body of a page."""
        answer = await self._ask({"do": "look", "path": path})
        return answer["status"], answer["body"]

    async def stop(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn, asyncio.timeout(DEADLINE):
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            line = await self._process.stdout.readline()
        assert line, self.log()
        answer: dict[str, Any] = json.loads(line)
        return answer


async def main() -> None:
    from chat.journal import Journal
    from chat.reader import Reader

    loop = asyncio.get_running_loop()
    questions = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    journal, reader, place = Journal(), Reader(), Place(0, 0, "")
    while line := await questions.readline():
        question = json.loads(line)
        answer: dict[str, Any]
        match question["do"]:
            case "prepare":
                answer = {"place": await asyncio.to_thread(prepare)}
            case "adopt":
                place, answer = Place(*question["place"]), {}
            case "send":
                answer = await send(journal, place, question["keys"])
            case "read":
                answer = await ended({"read": read(reader, place.room)})
            case "look":
                answer = await asyncio.to_thread(look, place.session, question["path"])
        print(json.dumps(answer), flush=True)


def prepare() -> Place:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection

    from chat.actions.rooms import create_room
    from chat.models import User

    call_command("migrate", verbosity=0)
    ana = User.objects.create_user("ana", "ana@example.org", "correct horse")
    room, _ = create_room(person_id=ana.pk, name="Here", slug="here", topic="", kind="public")
    store = SessionStore()
    store.update({SESSION_KEY: str(ana.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0]})
    store[HASH_SESSION_KEY] = ana.get_session_auth_hash()
    store.create()
    connection.close()
    return Place(ana.pk, room.pk, str(store.session_key))


async def send(journal: Any, place: Place, keys: list[str]) -> dict[str, Any]:
    from chat.actions.messages import compose

    submissions = [
        compose(author_id=place.author, room_id=place.room, key=UUID(key), body=f"this is {key}") for key in keys
    ]
    return await ended({key: journal.send(each) for key, each in zip(keys, submissions, strict=True)})


async def read(reader: Any, room: int) -> None:
    from chat.delivery.change import StreamKey
    from chat.queries.changes import heads

    await reader.run(heads, [StreamKey("room", room)])


async def ended(work: dict[str, Any]) -> dict[str, Any]:
    from chat.errors import ChatError

    begun, ends, detail = time.monotonic(), {}, ""
    for key, outcome in zip(work, await asyncio.gather(*work.values(), return_exceptions=True), strict=True):
        ends[key] = outcome.code if isinstance(outcome, ChatError) else repr(outcome)
        detail = outcome.detail if isinstance(outcome, ChatError) else detail
        if not isinstance(outcome, BaseException):
            ends[key] = "ok"
    return {"ends": ends, "detail": detail, "seconds": time.monotonic() - begun}


def look(session: str, path: str) -> dict[str, Any]:
    from django.test import Client

    client = Client(headers={"host": "localhost"}, raise_request_exception=False)
    client.cookies["sessionid"] = session
    response = client.get(path)
    return {"status": response.status_code, "body": response.content.decode()}


if __name__ == "__main__":
    import django

    django.setup()
    asyncio.run(main())
