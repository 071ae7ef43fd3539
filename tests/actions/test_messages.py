from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.actions import memberships, messages
from chat.errors import KeyConflict, MessageDeleted, NotAllowed, NotAMember, NotFound, RoomArchived
from chat.models import Message, ModerationEvent, Room
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db


def test_messages_get_consecutive_numbers_and_seqs():
    ana = make_person("ana")
    room = make_room(ana)
    first, second = say(ana, room, "one"), say(ana, room, "two")
    assert (first.number, second.number) == (1, 2)
    assert second.seq == first.seq + 1
    room.refresh_from_db()
    assert (room.head, room.message_count) == (second.seq, 2)


def test_a_retry_gets_the_stored_row():
    ana = make_person("ana")
    room, key = make_room(ana), uuid4()
    first = say(ana, room, "hello", key=key)
    assert say(ana, room, "hello", key=key) == first
    assert Message.objects.count() == 1


def test_a_retry_within_one_batch_gets_the_stored_row():
    ana = make_person("ana")
    room = make_room(ana)
    submission = messages.compose(author_id=ana.pk, room_id=room.pk, key=uuid4(), body="hi")
    first, second = messages.send_messages([submission, submission])
    assert first == second
    assert Message.objects.count() == 1


def test_a_retry_after_an_edit_gets_the_row_as_it_is_now():
    ana = make_person("ana")
    room, key = make_room(ana), uuid4()
    sent = say(ana, room, "helo", key=key)
    messages.edit_message(person_id=ana.pk, message_id=sent.id, text=messages.written("hello"))
    assert say(ana, room, "helo", key=key).body == "hello"


def test_the_same_key_with_another_body_or_room_is_an_error():
    ana = make_person("ana")
    room, other, key = make_room(ana), make_room(ana, "random"), uuid4()
    say(ana, room, "hello", key=key)
    with pytest.raises(KeyConflict):
        say(ana, room, "other", key=key)
    with pytest.raises(KeyConflict):
        say(ana, other, "hello", key=key)


def test_two_people_may_use_the_same_key():
    ana, ben = make_person("ana"), make_person("ben")
    room, key = make_room(ana), uuid4()
    join(ben, room)
    assert say(ana, room, key=key).id != say(ben, room, key=key).id


def test_a_failed_message_fails_alone():
    ana, eve = make_person("ana"), make_person("eve")
    room = make_room(ana)
    batch = [
        messages.compose(author_id=person.pk, room_id=room.pk, key=uuid4(), body="hi") for person in (ana, eve, ana)
    ]
    first, refused, second = messages.send_messages(batch)
    assert isinstance(refused, NotAMember)
    assert not isinstance(first, Exception)
    assert not isinstance(second, Exception)
    assert second.number == first.number + 1


def test_a_private_room_answers_strangers_like_an_unknown_one():
    ana, eve = make_person("ana"), make_person("eve")
    hidden = make_room(ana, "leads", kind=Room.Kind.PRIVATE)
    for room_id in (hidden.pk, hidden.pk + 1000):
        submission = messages.compose(author_id=eve.pk, room_id=room_id, key=uuid4(), body="hi")
        assert isinstance(messages.send_messages([submission])[0], NotFound)


def test_a_removed_member_may_not_write_edit_or_delete():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    mine = say(ben, room)
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    with pytest.raises(NotFound):
        say(ben, room)
    with pytest.raises(NotFound):
        messages.edit_message(person_id=ben.pk, message_id=mine.id, text=messages.written("x"))
    with pytest.raises(NotFound):
        messages.delete_message(person_id=ben.pk, message_id=mine.id)


def test_an_archived_room_can_only_be_read():
    ana = make_person("ana")
    room = make_room(ana)
    mine = say(ana, room)
    Room.objects.filter(pk=room.pk).update(archived_at="2026-01-01T00:00:00Z")
    with pytest.raises(RoomArchived):
        say(ana, room)
    with pytest.raises(RoomArchived):
        messages.edit_message(person_id=ana.pk, message_id=mine.id, text=messages.written("x"))


def test_a_banned_author_may_not_write():
    ana = make_person("ana")
    room = make_room(ana)
    ana.is_active = False
    ana.save()
    with pytest.raises(NotAllowed):
        say(ana, room)


def test_an_edit_moves_the_seq_and_keeps_the_number():
    ana = make_person("ana")
    room = make_room(ana)
    sent = say(ana, room, "helo")
    edited = messages.edit_message(person_id=ana.pk, message_id=sent.id, text=messages.written("hello **you**"))
    assert (edited.number, edited.body) == (sent.number, "hello **you**")
    assert edited.seq > sent.seq
    assert edited.edited_at is not None
    assert "<strong>you</strong>" in edited.html


def test_the_same_edit_again_changes_nothing():
    ana = make_person("ana")
    sent = say(ana, make_room(ana), "hello")
    assert messages.edit_message(person_id=ana.pk, message_id=sent.id, text=messages.written("hello")).seq == sent.seq


def test_only_its_author_edits_a_message():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    sent = say(ben, room)
    with pytest.raises(NotAllowed):
        messages.edit_message(person_id=ana.pk, message_id=sent.id, text=messages.written("x"))


def test_a_deleted_message_is_a_tombstone_and_deleting_again_changes_nothing():
    ana = make_person("ana")
    sent = say(ana, make_room(ana), "secret")
    gone = messages.delete_message(person_id=ana.pk, message_id=sent.id)
    assert gone.deleted
    assert (gone.body, gone.html, gone.number) == ("", "", sent.number)
    assert messages.delete_message(person_id=ana.pk, message_id=sent.id).seq == gone.seq
    with pytest.raises(MessageDeleted):
        messages.edit_message(person_id=ana.pk, message_id=sent.id, text=messages.written("back"))


def test_a_moderator_deletes_others_messages_and_it_is_recorded():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    sent = say(ben, room)
    assert messages.delete_message(person_id=ana.pk, message_id=sent.id).deleted
    assert ModerationEvent.objects.get(action="message.delete").actor == ana


def test_a_member_may_not_delete_others_messages():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    sent = say(ana, room)
    with pytest.raises(NotAllowed):
        messages.delete_message(person_id=ben.pk, message_id=sent.id)


def test_staff_delete_anywhere_and_nobody_else_may():
    ana, boss = make_person("ana"), make_person("boss", staff=True)
    sent = say(ana, make_room(ana, kind=Room.Kind.PRIVATE))
    with pytest.raises(NotAllowed):
        messages.delete_message_as_staff(person_id=ana.pk, message_id=sent.id, reason="x")
    assert messages.delete_message_as_staff(person_id=boss.pk, message_id=sent.id, reason="spam").deleted


def test_a_batch_costs_the_same_queries_whatever_its_size():
    ana = make_person("ana")
    room = make_room(ana)

    def cost(size: int) -> int:
        batch = [
            messages.compose(author_id=ana.pk, room_id=room.pk, key=uuid4(), body=f"number {each}")
            for each in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            messages.send_messages(batch)
        return len(queries)

    assert cost(1) == cost(50) <= 7
