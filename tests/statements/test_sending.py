"""What is written out in SQL stores and finds the same as the models."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from chat.models import Membership, Message, Room
from chat.statements import sending
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db

NAMED = ("room_id", "number", "seq", "author_id", "fingerprint", "body", "html", "key")
TEXT = "quotes ' \" and \\ backslash, {braces}, 100 %s, \U0001f600, \u202e, a\nnew line, NULL"


def new(person, room, number: int, *, body: str = "hello", seq: int | None = None) -> sending.NewMessage:
    return sending.NewMessage(
        author_id=person.pk,
        room_id=room.pk,
        number=number,
        seq=seq or 100 + number,
        key=uuid4(),
        fingerprint=bytes(range(16)),
        body=body,
        html=f"<p>{body}</p>",
    )


def test_a_stored_row_reads_back_as_it_was_given():
    ana = make_person("ana")
    room = make_room(ana)
    now, row = timezone.now(), new(ana, room, 1, body=TEXT)
    [pk] = sending.insert([row], created_at=now)
    stored = Message.objects.get(pk=pk)
    for name in ("author_id", "room_id", "number", "seq", "key", "body", "html"):
        assert getattr(stored, name) == getattr(row, name), name
    assert bytes(stored.fingerprint) == row.fingerprint
    assert stored.created_at == now
    assert (stored.parent_id, stored.edited_at, stored.deleted_at, stored.deleted_by_id) == (None, None, None, None)
    assert stored.deletion_reason == ""


def test_a_column_that_the_statement_does_not_name_may_be_left_out():
    named = {"deletion_reason", "id", "created_at", *NAMED}
    others = [field for field in Message._meta.concrete_fields if field.column not in named]
    assert all(field.null for field in others), others


def test_ids_come_back_in_the_order_of_the_rows_and_are_used_once():
    ana = make_person("ana")
    rooms = [make_room(ana), make_room(ana, "other")]
    rows = [new(ana, rooms[number % 2], number) for number in range(1, 21)]
    ids = sending.insert(rows, created_at=timezone.now())
    assert [Message.objects.get(pk=pk).key for pk in ids] == [row.key for row in rows]
    Message.objects.filter(pk=ids[-1]).delete()
    by_model = say(ana, rooms[0], "between").id
    [after] = sending.insert([new(ana, rooms[1], 99)], created_at=timezone.now())
    assert ids[-1] < by_model < after


def test_a_room_is_read_and_its_position_saved():
    ana = make_person("ana")
    room, archived = make_room(ana), make_room(ana, "old", kind=Room.Kind.PRIVATE)
    Room.objects.filter(pk=archived.pk).update(archived_at=timezone.now())
    with transaction.atomic():
        locked = sending.lock_rooms([room.pk, archived.pk, 999_999])
        assert set(locked) == {room.pk, archived.pk}
        assert (locked[room.pk].kind, locked[room.pk].archived) == ("public", False)
        assert (locked[archived.pk].kind, locked[archived.pk].archived) == ("private", True)
        locked[room.pk].head += 5
        locked[room.pk].message_count += 3
        sending.save_positions(list(locked.values()))
    before, archived_head = (room.head, room.message_count), archived.head
    room.refresh_from_db()
    archived.refresh_from_db()
    assert (room.head, room.message_count) == (before[0] + 5, before[1] + 3)
    assert archived.head == archived_head


def test_each_wish_meets_its_own_standing():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    room, other = make_room(ana), make_room(ana, "other")
    join(ben, room)
    Membership.objects.filter(user=ben).update(state=Membership.State.REMOVED)
    eve.is_active = False
    eve.save()
    said = say(ana, room, "hello")
    wishes = [
        sending.Wish(ana.pk, room.pk, said.key),
        sending.Wish(ana.pk, other.pk, said.key),
        sending.Wish(ben.pk, room.pk, said.key),
        sending.Wish(ben.pk, other.pk, uuid4()),
        sending.Wish(999_999, room.pk, uuid4()),
        sending.Wish(eve.pk, room.pk, uuid4()),
        sending.Wish(ana.pk, 999_999, uuid4()),
    ]
    found = sending.standings(wishes)
    assert found == [
        sending.Standing("ana", True, "active", said.id),
        sending.Standing("ana", True, "active", said.id),
        sending.Standing("ben", True, "removed", None),
        sending.Standing("ben", True, None, None),
        None,
        sending.Standing("eve", False, None, None),
        sending.Standing("ana", True, None, None),
    ]
