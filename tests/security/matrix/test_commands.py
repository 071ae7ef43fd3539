"""Every command, by everybody, in every kind of room, over the socket."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async

from tests.consumers.test_socket import Socket, connected
from tests.protocol.vocabulary import COMMANDS
from tests.security.matrix.commands import ATTEMPTS, PERSONAL
from tests.security.matrix.grid import drawn, promised
from tests.security.matrix.scenes import KINDS, ROLES, Cast, make_scene

PROMISED = promised("Over the socket")

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]


@pytest_asyncio.fixture
async def cast() -> Cast:
    return await sync_to_async(Cast.make)()


@pytest_asyncio.fixture
async def sockets(cast: Cast) -> AsyncIterator[dict[str, Socket]]:
    """A socket for each role."""
    async with AsyncExitStack() as stack:
        yield {role: await stack.enter_async_context(connected(person)) for role, person in cast.roles.items()}


@pytest.mark.parametrize("verb", ATTEMPTS)
async def test_a_command_is_answered_by_the_standing_of_who_asks(
    verb: str, cast: Cast, sockets: dict[str, Socket]
) -> None:
    answers = {}
    for kind in KINDS:
        for role in ROLES:
            scene = await sync_to_async(make_scene)(cast, kind, role, verb=verb)
            reply = await ATTEMPTS[verb](sockets[role], scene)
            answers[kind, role] = "ok" if reply["ok"] else reply["error"]["code"]
    assert drawn(answers) == PROMISED[verb]


def test_no_command_is_left_out() -> None:
    assert {attempt.split()[0] for attempt in ATTEMPTS} | PERSONAL == COMMANDS.keys()
    assert ATTEMPTS.keys() == PROMISED.keys()
