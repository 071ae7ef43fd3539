"""The host of Redis vanishes under the whole product: what is sent to it is never refused, only never answered."""

from collections.abc import Iterator

import pytest

from chaos.oracle.history import History
from chaos.stack.population import Plan
from chaos.stack.stack import Stack
from tests.faults.conftest import Crew
from tests.faults.talk import PEOPLE, Talk, rooms_of
from tests.redis.host import Host, beside
from tests.redis.server import Server
from tests.stacks import Stacks


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with beside() as host:
        yield host


@pytest.fixture(scope="module")
def stack(stacks: Stacks, host: Host) -> Iterator[Stack]:
    server = Server(address=host.address, netns=host.name)
    server.start()
    yield stacks.start(
        Plan(people=PEOPLE, rooms=dict.fromkeys(rooms_of("vanished"), PEOPLE)), {"REDIS_URL": server.url}
    )
    server.remove()


async def test_nobody_notices_but_the_operator(stack: Stack, host: Host, crew: Crew, history: History) -> None:
    talk = Talk(stack, crew, history, "vanished")

    async def vanish() -> None:
        host.vanish()
        await talk.alerted()
        host.appear()

    await talk.suffer(vanish)
    assert talk.alerts == (2, 2)
