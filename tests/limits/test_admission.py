"""A herd is let in a few at a time, and nobody can fill the queue alone."""

import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from chat import admission
from chat.admission import Admission, Appointments, come_back
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
    times = []
    for number in range(600):
        with pytest.raises(Unavailable) as refused:
            await arrive(f"late-{number}")
        assert refused.value.retry_after is not None
        times.append(refused.value.retry_after)
    assert all(1 <= seconds <= 1 + 600 / admission.RETURNS_A_SECOND + 0.01 for seconds in times)
    go.set()
    await asyncio.gather(*herd)


async def test_who_would_wait_for_longer_than_a_client_does_is_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.05)
    door, go = Admission(), asyncio.Event()

    async def arrive(number: int) -> None:
        async with door.arrival(f"session-{number}"):
            await go.wait()

    # With a clock that stands still each appointment is another number.
    monkeypatch.setattr(admission, "time", SimpleNamespace(monotonic=lambda: 100.0))
    inside = [asyncio.create_task(arrive(number)) for number in range(admission.AT_ONCE)]
    await asyncio.sleep(0)
    late = await asyncio.gather(*(arrive(1000 + number) for number in range(50)), return_exceptions=True)
    assert {type(refused) for refused in late} == {Unavailable}
    assert len({refused.retry_after for refused in late if isinstance(refused, Unavailable)}) == 50
    go.set()
    await asyncio.gather(*inside)
    await arrive(2000)


@pytest.mark.parametrize(("returning", "spread"), [(1, 1.0), (300, 1.0), (900, 3.0), (3_000, 10.0), (30_000, 100.0)])
def test_those_who_are_sent_away_come_back_three_hundred_a_second(returning: int, spread: float) -> None:
    times = [come_back(returning) for _ in range(returning + 20_000)]
    assert all(0 <= seconds <= spread for seconds in times)
    assert min(times) < 0.02 * spread
    assert max(times) > 0.98 * spread
    in_each_part = Counter(min(int(10 * seconds / spread), 9) for seconds in times)
    assert all(0.07 * len(times) < in_each_part[part] < 0.13 * len(times) for part in range(10))


def test_appointments_follow_each_other_three_hundred_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission.time, "monotonic", lambda: 1000.0)
    book = Appointments()
    times = [book.next() for _ in range(600)]
    assert times == sorted(set(times))
    assert (times[0], times[-1]) == (1.003, 3.0)


def test_when_every_appointment_is_taken_people_come_at_any_of_them() -> None:
    book = Appointments()
    times = [book.next() for _ in range(20_000)]
    assert all(admission.SOONEST <= seconds <= admission.LATEST for seconds in times)
    assert len(set(times[-1000:])) > 900


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
    async with door.opening(1):
        pass


async def test_it_is_full_while_all_turns_are_taken_and_some_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    door, ends = Admission(), [asyncio.Event() for _ in range(admission.AT_ONCE)]

    async def open_room(end: asyncio.Event) -> None:
        async with door.opening(ends.index(end)):
            await end.wait()

    inside = [asyncio.create_task(open_room(end)) for end in ends[1:]]
    await asyncio.sleep(0)
    assert not door.full
    inside.append(asyncio.create_task(open_room(ends[0])))
    await asyncio.sleep(0)
    assert door.full
    monkeypatch.setattr(admission, "STUCK", 0.0)
    assert not door.full
    monkeypatch.undo()
    ends[0].set()
    await inside[-1]
    assert not door.full
    for end in ends:
        end.set()
    await asyncio.gather(*inside)


async def test_what_one_person_opens_does_not_keep_the_next_person_waiting() -> None:
    door, served, most = Admission(), Counter[str](), 0

    async def open_room(name: str, person_id: int) -> None:
        nonlocal most
        async with door.opening(person_id):
            served[name] += 1
            most = max(most, served["mallory"] - done["mallory"])
            await asyncio.sleep(0)
            done[name] += 1

    done = Counter[str]()
    flood = [asyncio.create_task(open_room("mallory", 1)) for _ in range(200)]
    await asyncio.sleep(0)
    await open_room("ana", 2)
    assert served["mallory"] <= 2 * admission.OF_A_PERSON
    await asyncio.gather(*flood)
    assert (done["mallory"], most) == (200, admission.OF_A_PERSON)


async def test_people_who_open_much_together_take_no_more_turns_than_there_are() -> None:
    door, inside, most = Admission(), 0, 0

    async def open_room(person_id: int) -> None:
        nonlocal inside, most
        async with door.opening(person_id):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(open_room(number % 50) for number in range(1000)))
    assert most == admission.AT_ONCE
