"""A load that does not send says so."""

import asyncio

import pytest

from chaos.clients.load import Load
from chaos.clients.tab import Account, Tab
from chaos.oracle.history import History
from tests.chaos.server import ROOM, fake_server


async def test_what_kept_a_load_from_sending_is_raised_at_its_exit() -> None:
    # There is nobody to send.
    with pytest.raises(IndexError):
        async with Load([], [ROOM], seed=1):
            await asyncio.sleep(0.05)


async def test_a_load_knows_how_much_was_due() -> None:
    async with fake_server() as server:
        tab = Tab("ana", account=Account(1, "ana", "s"), host=server.host, history=History(), seed="1")
        await tab.start()
        load = Load([tab], [ROOM], rate=20, seed=1)
        async with load:
            await asyncio.sleep(0.5)
        await tab.stop()
    assert load.due >= 10
    assert load.sent > 0


async def test_the_longest_send_waits_for_its_connection_too() -> None:
    async with fake_server() as server:
        tab = Tab("ana", account=Account(1, "ana", "s"), host=server.host, history=History(), seed="1")
        load = Load([tab], [ROOM], rate=20, seed=1)
        async with load:
            await asyncio.sleep(0.5)
            await tab.start()
        await tab.stop()
    assert load.longest >= 0.45
