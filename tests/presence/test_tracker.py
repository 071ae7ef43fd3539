"""Who is in a room, across workers."""

import asyncio
import time
from contextlib import suppress

import pytest

from chat.presence.memory import MemoryStore
from chat.presence.store import Hosted, StoreAway
from chat.presence.tracker import Tracker
from chat.protocol.shapes import Person
from tests.presence.clock import Clock
from tests.presence.workers import ANA, BEN, CY, ROOM, Workers
from tests.waiting import until


class Flaky(MemoryStore):
    """A store that can be away, and counts how often it was asked to keep something."""

    away = False
    puts = 0

    async def put(self, room: int, worker: str, people: list[Person]) -> bool:
        self.puts += 1
        self._answer()
        return await super().put(room, worker, people)

    async def others(self, room: int, worker: str) -> dict[str, Hosted]:
        self._answer()
        return await super().others(room, worker)

    async def drop(self, room: int, worker: str) -> None:
        self._answer()
        await super().drop(room, worker)

    def lose_everything(self) -> None:
        self._rooms.clear()

    def _answer(self) -> None:
        if self.away:
            raise StoreAway("on purpose")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Flaky:
    return Flaky(clock=clock)


async def test_tabs_of_a_person_count_once(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    workers["a"].enter(ROOM, ANA)
    workers["a"].enter(ROOM, ANA)
    await workers.settle()
    workers["a"].leave(ROOM, ANA)
    await workers.pass_by(2)
    assert workers.names("a") == ["ana"]
    assert workers.announced["a"] == [["ana"]]


async def test_a_person_on_two_workers_counts_once_and_until_the_last_tab(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    for worker in "ab":
        workers[worker].enter(ROOM, ANA)
    workers["a"].enter(ROOM, BEN)
    await workers.pass_by(3)
    assert workers.names("a") == workers.names("b") == ["ana", "ben"]
    workers["b"].leave(ROOM, ANA)
    await workers.pass_by(3)
    assert workers.names("a") == ["ana", "ben"]
    assert workers.announced["a"][-1] == ["ana", "ben"]


async def test_the_first_person_here_learns_who_is_elsewhere(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers.deaf = True
    workers["a"].enter(ROOM, BEN)
    await workers.settle()
    workers["b"].enter(ROOM, ANA)
    await workers.settle()
    assert workers.announced["b"] == [["ana", "ben"]]


async def test_nobody_is_announced_where_nobody_listens(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    await workers.pass_by(2)
    workers["b"].heard(ROOM)
    await workers.settle()
    assert workers.announced["b"] == []
    assert workers["b"].people(ROOM) == []


async def test_a_crowd_is_one_write_and_one_announcement_a_second(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    crowd = [Person(n, f"person-{n:04}") for n in range(5000)]
    workers["a"].enter(ROOM, ANA)
    await workers.settle()
    started = time.process_time()
    for person in crowd:
        workers["a"].enter(ROOM, person)
        workers["a"].people(ROOM)
    assert time.process_time() - started < 5
    await workers.settle()
    assert store.puts == len(workers.announced["a"]) == 1
    clock.now += 1
    await workers.settle()
    assert store.puts == len(workers.announced["a"]) == 2
    assert workers.announced["a"][-1] == ["ana"] + [person.name for person in crowd]


async def test_coming_and_going_within_the_second_is_not_announced(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    workers["a"].enter(ROOM, ANA)
    await workers.settle()
    workers["a"].enter(ROOM, BEN)
    workers["a"].leave(ROOM, BEN)
    await workers.pass_by(2)
    assert workers.announced["a"] == [["ana"]]


async def test_who_was_shown_a_passing_state_hears_of_its_end(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    workers["a"].enter(ROOM, ANA)
    await workers.settle()
    workers["a"].enter(ROOM, BEN)
    assert workers.names("a") == ["ana", "ben"]
    workers["a"].leave(ROOM, BEN)
    await workers.pass_by(2)
    assert workers.announced["a"] == [["ana"], ["ana"]]


async def test_a_refresh_announces_nothing_and_tells_nobody(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    puts, told, announced = store.puts, list(workers.told), len(workers.announced["a"])
    await workers.pass_by(60)
    assert store.puts >= puts + 6
    assert workers.told == told
    assert len(workers.announced["a"]) == announced


async def test_the_people_of_a_killed_worker_vanish_within_45_seconds(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(17)
    assert workers.names("a") == ["ana", "ben"]
    workers.die("b")
    await workers.pass_by(20)
    assert workers.names("a") == ["ana", "ben"]
    await workers.pass_by(25)
    assert workers.announced["a"][-1] == workers.names("a") == ["ana"]


async def test_a_killed_worker_vanishes_also_while_the_store_is_away(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    store.away = True
    workers.die("b")
    workers["a"].enter(ROOM, CY)
    await workers.pass_by(2)
    assert workers.announced["a"][-1] == ["ana", "ben", "cy"]
    await workers.pass_by(42)
    assert workers.announced["a"][-1] == ["ana", "cy"]


async def test_after_an_outage_all_is_written_again(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    store.away = True
    store.lose_everything()
    workers["a"].enter(ROOM, CY)
    workers["b"].leave(ROOM, BEN)
    workers["b"].enter(ROOM, ANA)
    await workers.pass_by(60)
    assert workers.names("a") == ["ana", "cy"]
    assert workers.names("b") == ["ana"]
    store.away = False
    await workers.pass_by(10)
    assert workers.names("a") == workers.names("b") == ["ana", "cy"]


async def test_a_store_that_is_away_is_not_asked_for_every_room(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    store.away = True
    for room in range(1000):
        workers["a"].enter(room, ANA)
    await workers.settle()
    assert store.puts < 20
    assert len(workers.announced["a"]) == 1000


async def test_a_store_that_lost_everything_is_filled_by_the_refresh_and_others_are_told(
    store: Flaky, clock: Clock
) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    store.lose_everything()
    await workers.pass_by(17)
    assert workers.names("a") == workers.names("b") == ["ana", "ben"]


async def test_the_last_to_leave_takes_the_worker_out_of_the_store(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    workers["b"].leave(ROOM, BEN)
    await workers.pass_by(2)
    assert workers.names("a") == ["ana"]
    assert await store.others(ROOM, "a") == {}


async def test_who_left_while_the_store_was_away_is_taken_out_afterwards(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    store.away = True
    workers["b"].leave(ROOM, BEN)
    await workers.pass_by(4)
    store.away = False
    await workers.pass_by(10)
    assert workers.names("a") == ["ana"]


async def test_closing_takes_the_worker_out_of_every_room(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    for room in range(20):
        workers["b"].enter(room, BEN)
    workers["a"].enter(ROOM, ANA)
    await workers.pass_by(3)
    await workers["b"].close()
    await workers.pass_by(40)
    assert workers.names("a") == ["ana"]
    assert [await store.others(room, "a") for room in range(20)] == [{}] * 20


async def test_what_happens_after_closing_stays_here_and_is_still_announced(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    workers["a"].enter(ROOM, ANA)
    await workers.settle()
    await workers["a"].close()
    workers["a"].enter(ROOM, BEN)
    await workers.pass_by(60)
    assert workers.announced["a"][-1] == ["ana", "ben"]
    assert await store.others(ROOM, "z") == {}


async def test_a_clock_set_back_stops_nothing(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "ab")
    workers["a"].enter(ROOM, ANA)
    workers["b"].enter(ROOM, BEN)
    await workers.pass_by(3)
    clock.now -= 3600
    workers["a"].enter(ROOM, CY)
    await workers.pass_by(2)
    assert workers.names("a") == workers.names("b") == ["ana", "ben", "cy"]


async def test_leaving_without_having_entered_does_nothing(store: Flaky, clock: Clock) -> None:
    workers = Workers(store, clock, "a")
    workers["a"].leave(ROOM, ANA)
    workers["a"].enter(ROOM, ANA)
    workers["a"].leave(ROOM, BEN)
    await workers.settle()
    assert workers.names("a") == ["ana"]


async def test_the_running_task_announces_soon_and_the_last_change_always() -> None:
    announced: list[list[Person]] = []
    tracker = Tracker(
        MemoryStore(), worker="a", announce=lambda _, people: announced.append(people), tell_others=lambda _: None
    )
    running = asyncio.create_task(tracker.run())
    tracker.enter(ROOM, ANA)
    await until(lambda: announced == [[ANA]])
    for _ in range(50):
        tracker.enter(ROOM, BEN)
        await asyncio.sleep(0.01)
        tracker.leave(ROOM, BEN)
    tracker.enter(ROOM, CY)
    await until(lambda: announced[-1] == [ANA, CY])
    assert len(announced) <= 3
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
