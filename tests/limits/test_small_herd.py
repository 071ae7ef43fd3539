"""One person comes with two hundred tabs at once, another one with a single tab, while the database is slow."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from chat import admission
from chat.limits import Limits
from chat.queries.inbox import open_inbox
from chat.runtime import Runtime
from chatproject.asgi import application
from tests.builders import make_person
from tests.consumers.test_socket import session_of
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

TABS = 200
SINCE = {"epoch": "of another life", "seq": 0}


class SlowDatabase:
    """Answers nobody before it is told to. `asked`: how many wait for their inbox; the worker asks for itself, too."""

    def __init__(self, live: Runtime) -> None:
        self.asked = 0
        self.answers = asyncio.Event()
        self._run = live.reader.run

    async def run(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        asks = query is open_inbox
        self.asked += asks
        try:
            await self.answers.wait()
            return await self._run(query, *args, **kwargs)
        finally:
            self.asked -= asks


@pytest.fixture
def database(live: Runtime, monkeypatch: pytest.MonkeyPatch) -> SlowDatabase:
    slow = SlowDatabase(live)
    monkeypatch.setattr(live.reader, "run", slow.run)
    return slow


class Street:
    """Where the tabs come from."""

    def __init__(self) -> None:
        self._all: list[WebsocketCommunicator] = []

    async def knock(self, session: str) -> WebsocketCommunicator:
        headers = [
            (b"cookie", f"sessionid={session}".encode()),
            (b"origin", b"http://localhost"),
            (b"host", b"localhost"),
        ]
        tab = WebsocketCommunicator(application, "/ws/", headers=headers, subprotocols=["parley.v1"])
        self._all.append(tab)
        accepted, _ = await tab.connect(timeout=20)
        assert accepted
        return tab

    async def leave(self) -> None:
        for tab in self._all:
            await tab.disconnect()


@pytest_asyncio.fixture
async def street(live: Runtime) -> AsyncIterator[Street]:
    """Empty again before the runtime of the test goes."""
    street = Street()
    yield street
    await street.leave()


async def frame(tab: WebsocketCommunicator) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await tab.receive_from(timeout=20))
    return found


async def test_everybody_gets_in_in_the_end_and_the_single_tab_at_once(
    street: Street, database: SlowDatabase, settings: Any
) -> None:
    settings.LIMITS = Limits(person_sockets=TABS, person_burst=2 * TABS)
    mallory, ana = [await sync_to_async(make_person)(name) for name in ("mallory", "ana")]
    many, one = [await sync_to_async(session_of)(person) for person in (mallory, ana)]

    tabs = [await street.knock(many) for _ in range(TABS)]
    waiting, told = tabs[: admission.WAITING_A_SESSION], tabs[admission.WAITING_A_SESSION :]
    goodbyes = [await frame(tab) for tab in told]
    assert {each["type"] for each in goodbyes} == {"goodbye"}
    times = [each["retry_after"] for each in goodbyes]
    assert all(admission.SOONEST <= seconds <= admission.LATEST for seconds in times)

    single = await street.knock(one)
    database.answers.set()
    assert (await frame(single))["type"] == "hello"
    inside = []
    while waiting:
        for tab in waiting:
            if (await frame(tab))["type"] == "hello":
                inside.append(tab)
        waiting = [await street.knock(many) for _ in range(TABS - len(inside))]
    assert len(inside) == TABS

    database.answers.clear()
    for tab in inside:
        await tab.send_to(json.dumps({"type": "inbox.open", "ref": "back", "since": SINCE}))
    await until(lambda: database.asked == admission.OF_A_PERSON)
    await single.send_to(json.dumps({"type": "inbox.open", "ref": "back", "since": SINCE}))
    await until(lambda: database.asked == admission.OF_A_PERSON + 1)
    database.answers.set()
    for tab in [single, *inside]:
        while (answer := await frame(tab))["type"] != "reply":
            pass
        assert answer["ok"], answer
