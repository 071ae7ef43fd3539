"""What is written out in SQL says the same as the models."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.actions import memberships
from chat.models import Inbox, Membership, Room
from chat.payloads import rooms as payloads
from chat.protocol import shapes
from chat.queries.arriving import arriving
from chat.queries.identity import person_of
from chat.queries.rooms import joined_rooms
from chat.statements import arriving as statements
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db


def signed_in(person) -> str:
    client = Client()
    client.force_login(person)
    return client.session.session_key


def test_the_rooms_of_a_person_are_those_of_the_models():
    ana, ben = make_person("ana"), make_person("ben")
    rooms = [make_room(ana, name) for name in ("zoo", "art", "lab")]
    rooms.append(make_room(ana, "leads", kind=Room.Kind.PRIVATE))
    for room in rooms[:2]:
        join(ben, room)
        say(ana, room, "hello")
    memberships.leave_room(person_id=ana.pk, room_id=rooms[2].pk)
    rooms[0].refresh_from_db()
    rooms[0].archived_at = timezone.now()
    rooms[0].save()
    memberships.set_read(person_id=ben.pk, room_id=rooms[1].pk, number=1)
    for person in (ana, ben):
        joined = joined_rooms(person.pk)
        active = Membership.objects.filter(user=person, state=Membership.State.ACTIVE).select_related("room")
        assert joined.rooms == [
            shapes.JoinedRoom(
                room=payloads.room(row.room),
                membership=payloads.membership(row, message_count=row.room.message_count),
            )
            for row in active.order_by("room__name")
        ]
        assert joined.inbox == Inbox.objects.get(pk=person.pk).head


def test_somebody_without_any_room_or_inbox_has_an_empty_list():
    ana = make_person("ana")
    Inbox.objects.filter(pk=ana.pk).delete()
    joined = joined_rooms(ana.pk)
    assert (joined.inbox, joined.rooms) == (0, [])


def test_many_arrive_with_three_queries_and_each_as_themselves():
    people = [make_person(f"person-{number}") for number in range(20)]
    room = make_room(people[0])
    for person in people[1:]:
        join(person, room)
    keys = {signed_in(person): person for person in people}
    with CaptureQueriesContext(connection) as queries:
        found = arriving([*keys, "0" * 32])
    assert len(queries) <= 4  # the epoch may be read for the first time
    assert {key: each.identity.id for key, each in found.items()} == {key: each.pk for key, each in keys.items()}
    assert all(each.joined == joined_rooms(each.identity.id) for each in found.values())


def test_a_session_that_ended_expired_or_was_tampered_with_is_nobodys():
    ana = make_person("ana")
    good, ended, expired, forged = (signed_in(ana) for _ in range(4))
    Session.objects.filter(pk=ended).delete()
    Session.objects.filter(pk=expired).update(expire_date=timezone.now())
    Session.objects.filter(pk=forged).update(session_data="e30:1:x")
    assert set(arriving([good, ended, expired, forged])) == {good}
    assert statements.sessions([good, ended, expired]).keys() == {good}


def test_a_session_from_before_a_new_password_is_nobodys():
    ana = make_person("ana")
    key = signed_in(ana)
    assert person_of(key) is not None
    ana.set_password("another one entirely")
    ana.save()
    assert person_of(key) is None


def test_nobody_at_all_is_no_query_that_fails():
    assert arriving([]) == {}
    assert statements.accounts([]) == {}
    assert statements.inboxes([]) == {}
