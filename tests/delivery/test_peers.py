"""Other workers that fall silent."""

import asyncio

import pytest

from chat.delivery import peers as peers_module
from chat.delivery.peers import Peers
from tests.waiting import until


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers_module, "SILENT_AFTER", 0.2)
    monkeypatch.setattr(peers_module, "FORGOTTEN_AFTER", 0.5)


def make_peers() -> tuple[Peers, list[None]]:
    calls: list[None] = []
    return Peers(on_missing=lambda: calls.append(None)), calls


async def test_a_silent_worker_is_missing_until_it_is_heard_again() -> None:
    peers, calls = make_peers()
    peers.heard("a")
    assert not peers.missing
    await until(lambda: peers.missing == {"a"})
    assert len(calls) == 1
    peers.heard("a")
    assert not peers.missing
    assert peers.count == 1


async def test_a_worker_that_goes_on_is_never_missing() -> None:
    peers, calls = make_peers()
    for _ in range(8):
        peers.heard("a")
        await asyncio.sleep(0.05)
    assert not calls


async def test_one_that_said_goodbye_is_not_missed() -> None:
    peers, calls = make_peers()
    peers.heard("a")
    peers.left("a")
    await asyncio.sleep(0.4)
    assert not calls
    assert peers.count == 0


async def test_one_that_stays_away_is_forgotten() -> None:
    peers, calls = make_peers()
    peers.heard("a")
    await until(lambda: peers.count == 0)
    assert not peers.missing
    assert len(calls) == 1


async def test_nothing_is_waited_for_after_the_end() -> None:
    peers, calls = make_peers()
    peers.heard("a")
    peers.close()
    await asyncio.sleep(0.4)
    assert not calls
