"""A herd is let in a few at a time, and nobody can fill the queue alone."""

import asyncio

import pytest

from chat import admission
from chat.admission import Admission
from chat.errors import Unavailable


async def test_a_few_are_served_at_once_and_the_rest_in_turn() -> None:
    door, inside, most, served = Admission(), 0, 0, []

    async def arrive(number: int) -> None:
        nonlocal inside, most
        async with door.arrival(f"session-{number}"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            served.append(number)
            inside -= 1

    await asyncio.gather(*map(arrive, range(200)))
    assert most == admission.AT_ONCE
    assert served == list(range(200))


async def test_one_session_cannot_fill_the_queue() -> None:
    door, go = Admission(), asyncio.Event()

    async def arrive(session: str) -> None:
        async with door.arrival(session):
            await go.wait()

    flood = [asyncio.create_task(arrive("mallory")) for _ in range(admission.WAITING_A_SESSION)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await arrive("mallory")
    assert refused.value.retry_after is not None
    other = asyncio.create_task(arrive("ana"))
    go.set()
    await asyncio.gather(*flood, other)
    await arrive("mallory")


async def test_beyond_a_bound_everybody_is_told_to_come_later_at_different_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "WAITING", 1000)
    door, go = Admission(), asyncio.Event()

    async def arrive(session: str) -> None:
        async with door.arrival(session):
            await go.wait()

    herd = [asyncio.create_task(arrive(f"session-{number}")) for number in range(1000)]
    await asyncio.sleep(0)
    times = set()
    for number in range(20):
        with pytest.raises(Unavailable) as refused:
            await arrive(f"late-{number}")
        assert refused.value.retry_after is not None
        assert 1 <= refused.value.retry_after <= 1 + 1000 / admission.RETURNS_A_SECOND
        times.add(refused.value.retry_after)
    assert len(times) > 1
    go.set()
    await asyncio.gather(*herd)


async def test_somebody_who_leaves_while_waiting_gives_the_place_back() -> None:
    door, go = Admission(), asyncio.Event()

    async def arrive(session: str) -> None:
        async with door.arrival(session):
            await go.wait()

    waiting = [asyncio.create_task(arrive("ana")) for _ in range(admission.WAITING_A_SESSION)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    go.set()
    await arrive("ana")
    async with door.opening():
        pass
