"""Snapshot plus changes equals a fresh snapshot, for every kind of change."""

import random

import orjson
import pytest
from django.db import connection, transaction

from chat.actions import memberships, messages, reactions, rooms
from chat.delivery.change import StreamKey
from chat.errors import NotFound
from chat.models import Message, Room
from chat.queries import history, opening
from chat.queries import rooms as listing
from chat.queries.changes import changes_since, heads
from tests.builders import join, make_person, make_room, say
from tests.elsewhere import elsewhere

pytestmark = pytest.mark.django_db


def test_changes_chain_from_the_position_to_the_head():
    ana = make_person("ana")
    room = make_room(ana)
    sent = [say(ana, room, f"number {index}") for index in range(5)]
    messages.edit_message(person_id=ana.pk, message_id=sent[1].id, text=messages.written("edited"))
    messages.delete_message(person_id=ana.pk, message_id=sent[2].id)
    rooms.change_room(person_id=ana.pk, room_id=room.pk, topic="new")
    room.refresh_from_db()
    for since in range(room.head):
        missed = changes_since(StreamKey("room", room.pk), since)
        assert missed.changes[0].prev == since
        assert missed.changes[-1].seq == missed.head == room.head
        for before, after in zip(missed.changes, missed.changes[1:], strict=False):
            assert after.prev == before.seq


def test_long_absences_are_told_in_pages():
    ana = make_person("ana")
    room = make_room(ana)
    for index in range(25):
        say(ana, room, f"number {index}")
    room.refresh_from_db()
    at, told = 0, 0
    while True:
        missed = changes_since(StreamKey("room", room.pk), at, limit=10)
        told += len(missed.changes)
        at = missed.head
        if not missed.more:
            break
    assert at == room.head
    assert told == room.head


def test_a_removal_revokes_and_a_joining_does_not():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    key = StreamKey("room", room.pk)
    assert changes_since(key, 0).changes[-1].revokes == ()
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    assert changes_since(key, 0).changes[-1].revokes == (ben.pk,)


def test_an_inbox_tells_memberships_once_each_as_they_are():
    ana = make_person("ana")
    room = make_room(ana)
    say(ana, room)
    memberships.set_read(person_id=ana.pk, room_id=room.pk, number=1)
    missed = changes_since(StreamKey("inbox", ana.pk), 0)
    [event] = [orjson.loads(each.text) for each in missed.changes]
    assert (event["membership"]["last_read_number"], event["membership"]["unread"]) == (1, 0)
    assert heads([StreamKey("inbox", ana.pk)])[StreamKey("inbox", ana.pk)] == missed.head == 2


@pytest.mark.parametrize("seed", range(8))
def test_a_page_plus_what_changed_since_equals_a_fresh_page(seed):
    chance = random.Random(seed)
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    for index in range(10):
        say(ana, room, f"number {index}")
    snapshot = opening.newest(room.pk)
    shown = {each.id: each for each in snapshot.messages}
    for step in range(40):
        target = chance.choice(list(Message.objects.filter(room=room, deleted_at=None)))
        match chance.randrange(6):
            case 0 | 1:
                say(chance.choice((ana, ben)), room, f"step {step}")
            case 2:
                messages.edit_message(
                    person_id=target.author_id, message_id=target.pk, text=messages.written(f"edit {step}")
                )
            case 3:
                messages.delete_message(person_id=ana.pk, message_id=target.pk)
            case 4:
                reactions.set_reaction(person_id=ben.pk, message_id=target.pk, emoji="👍", on=chance.random() < 0.7)
            case 5:
                rooms.change_room(person_id=ana.pk, room_id=room.pk, topic=f"topic {step}")
    resumed = opening.messages_since(room.pk, snapshot.room.head)
    assert not resumed.more
    shown |= {each.id: each for each in resumed.messages}
    fresh = history.page_newest(ana.pk, room.pk, limit=500).messages
    assert sorted(shown.values(), key=lambda each: each.number) == fresh
    assert resumed.head == Room.objects.get(pk=room.pk).head


@pytest.mark.django_db(transaction=True)
def test_what_changes_while_a_room_is_opened_is_left_to_its_change(monkeypatch):
    ana = make_person("ana")
    room = make_room(ana)
    first = say(ana, room, "first")
    read = opening._room

    def meanwhile(head: int) -> None:
        say(ana, room, "said meanwhile")
        messages.edit_message(person_id=ana.pk, message_id=first.id, text=messages.written(f"edited after {head}"))

    def changed_meanwhile(room_id):
        row = read(room_id)
        elsewhere(lambda: meanwhile(row.head))
        return row

    monkeypatch.setattr(opening, "_room", changed_meanwhile)
    newest = opening.newest(room.pk)
    assert newest.messages == [first]
    assert newest.room.head == first.seq
    since = opening.messages_since(room.pk, newest.room.head)
    assert since.head == since.room.head
    assert [(each.number, each.seq) for each in since.messages] == [(2, since.head - 1)]


@pytest.mark.django_db(transaction=True)
def test_a_room_is_opened_while_somebody_writes():
    ana = make_person("ana")
    room = make_room(ana)
    first = say(ana, room, "first")
    with transaction.atomic():
        say(ana, room, "not yet committed")
        assert elsewhere(lambda: opening.newest(room.pk)).messages == [first]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_cannot_be_ended_leaves_no_transaction_behind():
    ana = make_person("ana")
    room = make_room(ana)

    def without_memory(execute, sql, params, many, context):
        if sql == "ROLLBACK":
            raise MemoryError
        return execute(sql, params, many, context)

    with connection.execute_wrapper(without_memory):
        assert opening.newest(room.pk).messages == []
    first = say(ana, room, "first")
    assert opening.newest(room.pk).messages == [first]


def test_history_pages_by_number_in_every_direction():
    ana = make_person("ana")
    room = make_room(ana)
    for index in range(30):
        say(ana, room, f"number {index}")

    def numbers(page: history.Page) -> list[int]:
        return [each.number for each in page.messages]

    newest = history.page_newest(ana.pk, room.pk, limit=10)
    assert (numbers(newest), newest.has_older, newest.has_newer) == (list(range(21, 31)), True, False)
    before = history.page_before(ana.pk, room.pk, number=11, limit=20)
    assert (numbers(before), before.has_older, before.has_newer) == (list(range(1, 11)), False, True)
    after = history.page_after(ana.pk, room.pk, number=10, limit=5)
    assert numbers(after) == list(range(11, 16))
    around = history.page_around(ana.pk, room.pk, number=15, limit=10)
    assert numbers(around) == list(range(10, 20))


def test_a_page_costs_the_same_whatever_its_size(django_assert_num_queries):
    ana = make_person("ana")
    room = make_room(ana)
    for index in range(30):
        say(ana, room, f"number {index}")
    with django_assert_num_queries(3):
        opening.newest(room.pk)


def test_somebody_put_out_while_a_page_is_read_gets_none_of_it(monkeypatch):
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    say(ana, room)
    read = history._shapes

    def removed_meanwhile(*parts):
        memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
        say(ana, room, "said after the removal")
        return read(*parts)

    monkeypatch.setattr(history, "_shapes", removed_meanwhile)
    with pytest.raises(NotFound):
        history.page_newest(ben.pk, room.pk, limit=10)


def test_somebody_put_out_while_the_members_are_read_gets_none_of_them(monkeypatch):
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana, kind=Room.Kind.PRIVATE)
    join(ben, room)
    shown = listing.payloads.member

    def removed_meanwhile(row):
        memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
        return shown(row)

    assert [each.person.name for each in listing.members(ben.pk, room.pk)] == ["ana", "ben"]
    monkeypatch.setattr(listing.payloads, "member", removed_meanwhile)
    with pytest.raises(NotFound):
        listing.members(ben.pk, room.pk)
