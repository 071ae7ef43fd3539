"""What is kept of rooms and what an answer holds is bounded in bytes, however large the messages are."""

from typing import Any

import orjson
import pytest
from asgiref.sync import sync_to_async
from django.db.models import F

from chat import pages
from chat.delivery.feed import RECENT_BYTES
from chat.limits import Limits
from chat.models import Message, Room, User
from chat.openings import Opening
from chat.payloads.changes import message_changed
from chat.payloads.messages import message
from chat.protocol.commands import Cursor
from chat.queries import opening
from tests.builders import make_person, make_room, say
from tests.markup.worst import LARGEST
from tests.openings.test_openings import do, feed_of, shown

pytestmark = pytest.mark.django_db(transaction=True)

LARGE = LARGEST[0]
PAGE = Limits().page_bytes
MESSAGES = 12


@pytest.fixture
def ana() -> User:
    return make_person("ana")


@pytest.fixture
def room(ana: User) -> Room:
    return make_room(ana)


def size(answer: Opening) -> int:
    return sum(len(orjson.dumps(each, option=orjson.OPT_UTC_Z)) for each in answer.changes)


@pytest.mark.parametrize("body", LARGEST)
def test_the_largest_change_is_a_small_part_of_what_may_wait_for_a_socket(ana, room, body):
    change = message_changed(say(ana, room, body), room=room.pk, prev=1, message_count=1)
    assert len(change.text) < 80_000 < PAGE


async def test_a_long_absence_from_large_messages_is_told_in_pages(live, ana, room):
    feed = await feed_of(live, room)
    opened = await live.openings.open(feed, ana.pk, since=None)
    for _ in range(MESSAGES):
        await do(say, ana, room, LARGE)
    cursor, numbers, answers = opened.head, [], 0
    while cursor is not None:
        answer = await live.openings.open(feed, ana.pk, since=Cursor(epoch=opened.epoch, seq=cursor))
        assert not answer.reset
        assert 0 < size(answer) <= PAGE
        numbers += [each["number"] for each in shown(answer)]
        cursor, answers = answer.next, answers + 1
    assert numbers == list(range(1, MESSAGES + 1))
    assert answers > 1


def test_of_a_long_absence_no_more_is_read_than_an_answer_holds(ana, room, monkeypatch):
    read: list[int] = []
    monkeypatch.setattr(opening, "shape_of", lambda row: read.append(len(row.body + row.html)) or message(row))
    for _ in range(MESSAGES):
        say(ana, room, LARGE)
    since = opening.messages_since(room.pk, 0)
    assert since.more
    assert sum(read) <= PAGE


def test_what_moves_on_while_a_page_is_read_leaves_the_page_whole(ana, room, monkeypatch):
    sent = [say(ana, room, LARGE) for _ in range(MESSAGES)]
    sizes = opening._sizes

    def overtaken(changed: Any, *, most: int) -> Any:
        found = sizes(changed, most=most)
        Message.objects.filter(seq__in=[row.seq for row in sent[: MESSAGES // 2]]).update(seq=F("seq") + 1000)
        return found

    monkeypatch.setattr(opening, "_sizes", overtaken)
    since = opening.messages_since(room.pk, 0)
    assert since.messages == []
    assert since.more
    assert 0 < since.head < sent[MESSAGES // 2].seq


async def test_one_message_that_is_larger_than_a_page_is_a_page(live, ana, room, settings):
    settings.LIMITS = Limits(outbound_bytes=65_536)
    feed = await feed_of(live, room)
    opened = await live.openings.open(feed, ana.pk, since=None)
    for _ in range(2):
        await do(say, ana, room, LARGE)
    since = Cursor(epoch=opened.epoch, seq=opened.head)
    first = await live.openings.open(feed, ana.pk, since=since)
    assert [each["number"] for each in shown(first)] == [1]
    second = await live.openings.open(feed, ana.pk, since=Cursor(epoch=opened.epoch, seq=first.next or 0))
    assert [each["number"] for each in shown(second)] == [2]
    assert second.next is None
    reset = await live.openings.open(feed, ana.pk, since=None)
    assert [each["number"] for each in shown(reset)] == [2]
    assert reset.has_more


@pytest.mark.parametrize("read_at", ["first", "last"])
async def test_a_newest_page_of_large_messages_is_a_shorter_one(live, ana, room, read_at):
    feed = await feed_of(live, room)
    if read_at == "first":
        await live.openings.open(feed, ana.pk, since=None)
    for _ in range(MESSAGES):
        await do(say, ana, room, LARGE)
        if read_at == "first":
            await live.openings.open(feed, ana.pk, since=None)
    answer = await live.openings.open(feed, ana.pk, since=None)
    assert answer.reset
    assert answer.has_more
    numbers = [each["number"] for each in shown(answer)]
    assert numbers == list(range(numbers[0], MESSAGES + 1))
    assert PAGE - 80_000 < size(answer) <= PAGE


async def test_the_pages_that_are_kept_share_one_bound(live, ana, monkeypatch):
    monkeypatch.setattr(pages, "KEPT_BYTES", 200_000)
    kept = live.openings._pages
    reads: list[Any] = []
    read = live.reader.run

    async def noted(query, *args, **kwargs):
        reads.append(query)
        return await read(query, *args, **kwargs)

    monkeypatch.setattr(live.reader, "run", noted)
    for name in ("one", "two", "three", "four"):
        room = await sync_to_async(make_room)(ana, name)
        feed = await feed_of(live, room)
        for _ in range(3):
            await live.openings.open(feed, ana.pk, since=None)
            await do(say, ana, room, LARGE)
        await live.openings.open(feed, ana.pk, since=None)
        assert kept.size == sum(len(row) for page in kept._pages.values() for row in page.rows.values()) <= 200_000
        assert kept.get(room.pk) is not None


async def test_a_feed_remembers_no_more_bytes_than_it_may(live, ana, room):
    feed = await feed_of(live, room)
    for _ in range(MESSAGES):
        await do(say, ana, room, LARGE)
    remembered = [seq for seq in range(feed.head) if feed.since(seq)]
    told = feed.since(remembered[0])
    assert told is not None
    assert len(told) > 1
    assert RECENT_BYTES - 80_000 < sum(len(change.text) for change in told) <= RECENT_BYTES
