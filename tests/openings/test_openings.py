"""Rooms opened from memory show what the database would."""

import asyncio
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from queue import Queue
from threading import Event
from types import FrameType
from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat import openings, runtime
from chat.actions import memberships, messages, reactions, rooms
from chat.admission import AT_ONCE
from chat.delivery.change import StreamKey
from chat.delivery.feed import Feed
from chat.errors import NotFound, Unavailable
from chat.limits import Limits
from chat.models import Message, Room, User
from chat.openings import Opening
from chat.protocol.commands import Cursor
from chat.queries import history, opening
from chat.queries.epoch import epoch
from tests.builders import join, make_person, make_room, say
from tests.elsewhere import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> tuple[User, User]:
    return make_person("ana"), make_person("ben")


@pytest.fixture
def room(people: tuple[User, User]) -> Room:
    room = make_room(people[0])
    join(people[1], room)
    return room


async def do(action: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Run an action as another thread of the worker would, and let what it published be told."""
    result = await sync_to_async(action)(*args, **kwargs)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return result


@pytest.fixture
def no_standstill() -> Iterator[None]:
    """A loop that turns no more for two seconds of the processor's time fails the test."""

    def stuck(number: int, frame: FrameType | None) -> None:
        raise AssertionError("the event loop stands still")

    before = signal.signal(signal.SIGVTALRM, stuck)
    signal.setitimer(signal.ITIMER_VIRTUAL, 2)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


class Held:
    """Answers of the database that are on their way until they are let go; `reads` counts those of one query."""

    def __init__(self, live: runtime.Runtime, monkeypatch: pytest.MonkeyPatch, query: Callable[..., Any]) -> None:
        self._read, self._query = live.reader.run, query
        self.reads = 0
        self.arrived = asyncio.Event()
        self.go_on: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        monkeypatch.setattr(live.reader, "run", self._run)

    async def _run(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        found = await self._read(query, *args, **kwargs)
        if query is self._query:
            self.reads += 1
            self.arrived.set()
            if not self.go_on.done():
                await self.go_on
        return found


async def feed_of(live: runtime.Runtime, room: Room) -> Feed:
    row = await sync_to_async(Room.objects.get)(pk=room.pk)
    return live.hub.host(StreamKey("room", room.pk), head=row.head)


def shown(answer: Opening) -> list[dict[str, Any]]:
    """The messages as a client gets them."""
    return [orjson.loads(orjson.dumps(each, option=orjson.OPT_UTC_Z)) for each in answer.changes]


async def fresh(room: Room, person: User) -> list[dict[str, Any]]:
    page = await sync_to_async(history.page_newest)(person.pk, room.pk, limit=50)
    return [orjson.loads(orjson.dumps(each, option=orjson.OPT_UTC_Z)) for each in page.messages]


@pytest.mark.parametrize("seed", range(6))
async def test_a_page_kept_through_changes_equals_a_fresh_one(live, people, room, seed):
    chance = random.Random(seed)
    ana, ben = people
    for index in range(60):
        await do(say, ana, room, f"number {index}")
    feed = await feed_of(live, room)
    first = await live.openings.open(feed, ana.pk, since=None)
    copy = {each["id"]: each for each in shown(first)}
    cursor = Cursor(epoch=first.epoch, seq=first.head)
    for step in range(40):
        target = await sync_to_async(lambda: chance.choice(list(Message.objects.filter(room=room, deleted_at=None))))()
        match chance.randrange(6):
            case 0 | 1:
                await do(say, chance.choice(people), room, f"step {step}")
            case 2:
                await do(
                    messages.edit_message,
                    person_id=target.author_id,
                    message_id=target.pk,
                    text=messages.written(f"edit {step}"),
                )
            case 3:
                await do(messages.delete_message, person_id=ana.pk, message_id=target.pk)
            case 4:
                on = chance.random() < 0.7
                await do(reactions.set_reaction, person_id=ben.pk, message_id=target.pk, emoji="👍", on=on)
            case 5 if chance.random() < 0.3:
                await do(rooms.change_room, person_id=ana.pk, room_id=room.pk, topic=f"topic {step}")
        opened = await live.openings.open(feed, ana.pk, since=None)
        assert opened.reset
        assert shown(opened) == await fresh(room, ana)
        assert opened.head == opened.room.head == feed.head
        resumed = await live.openings.open(feed, ana.pk, since=cursor)
        assert not resumed.reset
        seqs = [each["seq"] for each in shown(resumed)]
        assert seqs == sorted(set(seqs))
        copy |= {each["id"]: each for each in shown(resumed)}
        newest = {each["id"]: each for each in await fresh(room, ana)}
        assert {pk: row for pk, row in copy.items() if pk in newest} == newest


async def test_a_resume_that_is_remembered_asks_the_database_only_who_may_read(live, people, room):
    ana, _ = people
    feed = await feed_of(live, room)
    first = await live.openings.open(feed, ana.pk, since=None)
    for index in range(10):
        await do(say, ana, room, f"number {index}")
    asked: list[str] = []

    def listen(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def counted(read):
        async def run(query, *args, **kwargs):
            def within():
                with connection.execute_wrapper(listen):
                    return query(*args, **kwargs)

            return await read(within)

        return run

    for reader in (live.reader, live.catching_up):
        reader.run = counted(reader.run)
    cursor = Cursor(epoch=first.epoch, seq=first.head)
    answers = await asyncio.gather(*(live.openings.open(feed, ana.pk, since=cursor) for _ in range(200)))
    assert all(len(each.changes) == 10 for each in answers)
    assert len(asked) <= 3


async def test_people_who_catch_up_are_read_for_one_after_the_other_and_nobody_else_waits(
    live, people, room, monkeypatch
):
    ana, ben = people
    for index in range(3):
        await do(say, ana, room, f"number {index}")
    feed, other = await feed_of(live, room), await feed_of(live, await sync_to_async(make_room)(ana, "other"))
    epoch = (await live.openings.open(feed, ana.pk, since=None)).epoch
    asked, go_on = Queue[None](), Event()

    def slow(*args: Any) -> opening.Since:
        asked.put(None)
        assert go_on.wait(20)
        return opening.messages_since(*args)

    monkeypatch.setattr(openings, "messages_since", slow)
    cursor = Cursor(epoch=epoch, seq=1)
    waiting = [asyncio.create_task(live.openings.open(feed, each.pk, since=cursor)) for each in (ana, ben, ana, ben)]
    await asyncio.to_thread(asked.get, timeout=20)
    assert (await live.openings.open(other, ana.pk, since=None)).reset
    assert asked.empty()
    go_on.set()
    for each in await asyncio.gather(*waiting):
        assert [change["body"] for change in shown(each)] == [f"number {index}" for index in range(3)]


async def test_a_cursor_of_another_epoch_too_old_or_from_the_future_is_a_reset(live, people, room, settings):
    ana, _ = people
    await do(say, ana, room)
    feed = await feed_of(live, room)
    first = await live.openings.open(feed, ana.pk, since=None)
    for cursor in (Cursor(epoch="other", seq=1), Cursor(epoch=first.epoch, seq=feed.head + 1)):
        assert (await live.openings.open(feed, ana.pk, since=cursor)).reset
    settings.LIMITS = Limits(catch_up_span=1)
    assert (await live.openings.open(feed, ana.pk, since=Cursor(epoch=first.epoch, seq=0))).reset


@pytest.mark.parametrize("under_way", [False, True], ids=["kept", "under way"])
async def test_who_was_told_more_by_another_worker_than_this_one_heard_goes_on_from_there(
    live, people, room, monkeypatch, under_way
):
    ana, ben = people
    await do(say, ana, room, "known here")
    feed = await feed_of(live, room)
    held = Held(live, monkeypatch, opening.newest)
    first = asyncio.create_task(live.openings.open(feed, ana.pk, since=None))
    await held.arrived.wait()
    if not under_way:
        held.go_on.set_result(None)
        await first
    with monkeypatch.context() as dead:
        dead.setattr(messages, "publish", lambda changes: None)
        ahead = await sync_to_async(say)(ana, room, "told by a worker that died before it told others")
    cursor = Cursor(epoch=(await sync_to_async(epoch)()), seq=ahead.seq)
    second = asyncio.create_task(live.openings.open(feed, ben.pk, since=cursor))
    if under_way:
        held.go_on.set_result(None)
        await first
    answer = await second
    assert (answer.reset, answer.changes, answer.head) == (False, [], ahead.seq)


async def test_a_cursor_below_the_floor_is_a_reset(live, people, room):
    ana, _ = people
    await sync_to_async(Room.objects.filter(pk=room.pk).update)(floor=2)
    feed = await feed_of(live, room)
    first = await live.openings.open(feed, ana.pk, since=None)
    assert (await live.openings.open(feed, ana.pk, since=Cursor(epoch=first.epoch, seq=1))).reset
    assert not (await live.openings.open(feed, ana.pk, since=Cursor(epoch=first.epoch, seq=2))).reset


async def test_somebody_put_out_while_the_page_is_read_gets_none_of_it(live, people, room, monkeypatch):
    ana, ben = people
    feed = await feed_of(live, room)
    read = opening.newest_of

    def put_out() -> None:
        memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
        say(ana, room, "said after the removal")

    def removed_meanwhile(*args, **kwargs):
        elsewhere(put_out)
        return read(*args, **kwargs)

    monkeypatch.setattr(opening, "newest_of", removed_meanwhile)
    with pytest.raises(NotFound):
        await live.openings.open(feed, ben.pk, since=None)


async def test_a_page_that_is_kept_is_shown_to_nobody_who_may_not_read(live, people, room):
    ana, ben = people
    feed = await feed_of(live, room)
    first = await live.openings.open(feed, ana.pk, since=None)
    await do(memberships.remove_member, person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    for since in (None, Cursor(epoch=first.epoch, seq=1)):
        with pytest.raises(NotFound):
            await live.openings.open(feed, ben.pk, since=since)


async def test_a_page_that_is_overtaken_while_it_is_read_is_read_again(live, people, room, monkeypatch, no_standstill):
    ana, ben = people
    feed = await feed_of(live, room)
    held = Held(live, monkeypatch, opening.newest)
    first = asyncio.create_task(live.openings.open(feed, ana.pk, since=None))
    await held.arrived.wait()
    # Told at once, and no message: the page on its way will not do.
    await do(join, await sync_to_async(make_person)("eve"), room)
    held.go_on.set_result(None)
    # Asks in the very turn of the loop in which the read ends.
    second = asyncio.create_task(live.openings.open(feed, ben.pk, since=None))
    for each in await asyncio.gather(first, second):
        assert each.head == feed.head
        assert each.room.member_count == 3
    assert held.reads == 2


@pytest.mark.parametrize("resumes", [False, True], ids=["reset", "resume"])
async def test_a_page_that_is_overtaken_time_and_again_serves_where_it_is(live, people, room, monkeypatch, resumes):
    ana, _ = people
    feed = await feed_of(live, room)
    at, read = feed.head, live.reader.run
    epoch = (await live.openings.open(feed, ana.pk, since=None)).epoch
    guests = [await sync_to_async(make_person)(f"guest-{number}") for number in range(9)]
    heads: list[int] = []

    async def overtaken(query, *args, **kwargs):
        found = await read(query, *args, **kwargs)
        if query is opening.newest:
            heads.append(found.room.head)
            await do(join, guests.pop(), room)
        return found

    await do(join, guests.pop(), room)
    monkeypatch.setattr(live.reader, "run", overtaken)
    joined_at = feed.head
    answer = await live.openings.open(feed, ana.pk, since=Cursor(epoch=epoch, seq=at) if resumes else None)
    assert len(heads) == 2
    assert joined_at <= answer.head == answer.room.head <= feed.head
    assert answer.room.member_count == answer.head  # the room and its first two members moved it as well


async def test_a_database_that_went_back_refuses_and_keeps_nobodys_turn(live, people, room):
    ana, _ = people
    row = await sync_to_async(Room.objects.get)(pk=room.pk)
    feed = live.hub.host(StreamKey("room", room.pk), head=row.head + 21)

    async def open_room(person: int) -> None:
        async with live.admission.opening(person):
            await live.openings.open(feed, ana.pk, since=None)

    rooms = asyncio.gather(*map(open_room, range(2 * AT_ONCE)), return_exceptions=True)
    refused = await asyncio.wait_for(rooms, 30)
    assert {type(each) for each in refused} == {Unavailable}
    assert {each.retry_after for each in refused} == {1.0}
    async with AsyncExitStack() as turns, asyncio.timeout(5):
        for person in range(AT_ONCE):
            await turns.enter_async_context(live.admission.opening(person))
