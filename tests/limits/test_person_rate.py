"""What one person may ask in a second, on all their sockets and over HTTP together."""

import asyncio
import re
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from pytest_django import Settings

from chat.api.root import api
from chat.limits import Limits
from chat.models import User
from tests.builders import make_person
from tests.consumers.test_socket import Socket, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("live")]

NEVER = 1e-6


@pytest.fixture
def ana() -> User:
    return make_person("ana")


@pytest.fixture
def ben() -> User:
    return make_person("ben")


@pytest.fixture
def three(settings: Settings) -> None:
    """Three commands, and no fourth."""
    settings.LIMITS = Limits(person_burst=3, person_commands=NEVER)


async def is_taken(socket: Socket) -> bool:
    reply = await socket.ask("room.close", room=1)
    assert reply["ok"] or reply["error"]["code"] == "rate_limited"
    return bool(reply["ok"])


async def browser(person: User) -> AsyncClient:
    client = AsyncClient()
    await sync_to_async(client.force_login)(person)
    return client


@pytest.mark.usefixtures("three")
async def test_two_sockets_of_one_person_share_their_rate(ana: User, ben: User) -> None:
    async with connected(ana) as one, connected(ana) as other, connected(ben) as bens:
        assert [await is_taken(each) for each in (one, other, one)] == [True] * 3
        assert [await is_taken(each) for each in (one, other)] == [False] * 2
        assert await is_taken(bens)


@pytest.mark.usefixtures("three")
async def test_to_connect_again_refills_nothing(ana: User) -> None:
    for taken in (True, True, True, False):
        async with connected(ana) as socket:
            assert await is_taken(socket) == taken


@pytest.mark.usefixtures("three")
async def test_requests_and_commands_are_counted_together(ana: User, ben: User) -> None:
    hers, his = await browser(ana), await browser(ben)
    async with connected(ana) as socket:
        assert await is_taken(socket)
        assert (await hers.get("/api/rooms")).status_code == HTTPStatus.OK
        assert (await hers.post("/api/rooms", "{", content_type="application/json")).status_code == 400
        assert not await is_taken(socket)
        refused: Any = await hers.get("/api/rooms")
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
        assert refused.json()["error"]["detail"].endswith(".")
        assert int(refused.headers["Retry-After"]) >= refused.json()["error"]["retry_after"] > 0
        assert (await his.get("/api/rooms")).status_code == HTTPStatus.OK


@pytest.mark.usefixtures("three")
async def test_no_operation_of_the_api_goes_uncounted(ana: User) -> None:
    client = await browser(ana)
    for _ in range(3):
        await client.get("/api/rooms")
    operations = [(method, path) for path, each in api.get_openapi_schema()["paths"].items() for method in each]
    assert len(operations) >= 7
    for method, path in operations:
        answer = await client.generic(method.upper(), re.sub("{[^}]*}", "1", path))
        assert (method, path, answer.status_code) == (method, path, HTTPStatus.TOO_MANY_REQUESTS)


async def test_what_was_refused_is_welcome_after_the_wait(ana: User, settings: Settings) -> None:
    settings.LIMITS = Limits(person_burst=1, person_commands=5)
    client = await browser(ana)
    assert (await client.get("/api/rooms")).status_code == HTTPStatus.OK
    refused: Any = await client.get("/api/rooms")
    assert refused.status_code == 429
    await asyncio.sleep(refused.json()["error"]["retry_after"])
    assert (await client.get("/api/rooms")).status_code == HTTPStatus.OK
