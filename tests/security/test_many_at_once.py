"""What concerns one person never reaches another, however many connect, ask and vanish at the same time."""

import asyncio
import json

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from chaos.clients.tab import Account
from chaos.stack.stack import Stack
from tests.security.conftest import CROWD

pytestmark = [pytest.mark.system, pytest.mark.timeout(300), pytest.mark.usefixtures("clean_log")]


async def opened(stack: Stack, account: Account) -> ClientConnection:
    return await connect(
        f"ws://{stack.host}/ws/",
        additional_headers={"Cookie": f"sessionid={account.session}"},
        origin=Origin(f"http://{stack.host}"),
        subprotocols=[Subprotocol("parley.v1")],
        proxy=None,
        close_timeout=1,
    )


async def its_own(stack: Stack, account: Account) -> None:
    """Everything a socket is told about its person is about its own person, and each answer is to its own question."""
    async with await opened(stack, account) as socket:
        hello = json.loads(await socket.recv())
        assert hello["user"] == {"id": account.id, "name": account.name}
        refs = [f"{account.name}-{n}" for n in range(5)]
        for ref in refs:
            await socket.send(json.dumps({"type": "read.set", "room": stack.room("lobby"), "number": 0, "ref": ref}))
        answered: list[str] = []
        while len(answered) < len(refs):
            frame = json.loads(await asyncio.wait_for(socket.recv(), 60))
            if frame["type"] == "reply":
                answered.append(frame["ref"])
        assert sorted(answered) == sorted(refs)


async def vanishes(stack: Stack, account: Account) -> None:
    """Goes without a word while its commands are under way."""
    socket = await opened(stack, account)
    for n in range(5):
        await socket.send(json.dumps({"type": "room.open", "room": stack.room("lobby"), "ref": f"gone-{n}"}))
    socket.transport.abort()
    await socket.wait_closed()


async def test_two_hundred_sockets_at_once_each_hear_of_their_own_person(stack: Stack) -> None:
    await asyncio.gather(*(its_own(stack, stack.account(name)) for name in CROWD))


async def test_a_storm_of_vanishing_sockets_leaves_nothing_for_the_next_person(stack: Stack) -> None:
    storm = [vanishes(stack, stack.account(name)) for name in CROWD]
    await asyncio.gather(*storm, *(its_own(stack, stack.account(name, session=1)) for name in CROWD))


async def test_requests_over_http_at_once_are_answered_to_who_asked(stack: Stack) -> None:
    async def asks(name: str) -> None:
        page = await stack.site.call("GET", "/rooms/lobby/", account=stack.account(name))
        assert f'"name": "{name}"'.encode() in page.body
        others = [f'"name": "{other}"'.encode() for other in CROWD if other != name]
        assert not any(other in page.body for other in others)

    await asyncio.gather(*(asks(name) for name in CROWD))
