"""A client of another version of the protocol is told so, in a way that a browser can see."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from chaos.stack.stack import Stack

pytestmark = [pytest.mark.system, pytest.mark.timeout(180), pytest.mark.usefixtures("clean_log")]

OLDER, NEWER, OURS = Subprotocol("parley.v0"), Subprotocol("parley.v2"), Subprotocol("parley.v1")


async def handshake(stack: Stack, *offered: str) -> tuple[str | None, str | int | None]:
    """What was agreed on, and the first event or the close code."""
    async with connect(
        f"ws://{stack.host}/ws/",
        additional_headers={"Cookie": f"sessionid={stack.account('ana').session}"},
        origin=Origin(f"http://{stack.host}"),
        subprotocols=[Subprotocol(each) for each in offered] or None,
        proxy=None,
        close_timeout=1,
    ) as socket:
        try:
            return socket.subprotocol, json.loads(await asyncio.wait_for(socket.recv(), 10))["type"]
        except ConnectionClosed:
            return socket.subprotocol, socket.close_code


@pytest.mark.parametrize("offered", [[OLDER], [NEWER], [NEWER, OLDER], ["chat", OLDER]])
async def test_who_offers_only_other_versions_gets_one_of_them_and_is_closed(stack: Stack, offered: list[str]) -> None:
    first = next(each for each in offered if each.startswith("parley."))
    assert await handshake(stack, *offered) == (first, 4400)


@pytest.mark.parametrize("offered", [[OURS], [OLDER, OURS], [NEWER, OURS, OLDER], ["chat", OURS]])
async def test_ours_is_chosen_wherever_it_stands(stack: Stack, offered: list[str]) -> None:
    assert await handshake(stack, *offered) == (OURS, "hello")


@pytest.mark.parametrize("offered", ["chat", "parley", "parley.v", "parley.v1x", "parley.v12345", "Parley.v1"])
async def test_what_is_no_version_of_it_is_not_agreed_on(stack: Stack, offered: str) -> None:
    assert await handshake(stack, offered) == (None, 4400)


async def test_who_offers_nothing_is_served(stack: Stack) -> None:
    assert await handshake(stack) == (None, "hello")
