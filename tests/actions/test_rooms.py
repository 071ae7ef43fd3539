import pytest

from chat.actions import rooms
from chat.errors import Invalid, InvalidText, NameTaken, NotAllowed, NotFound
from chat.models import Membership, Room
from tests.builders import join, make_person, make_room

pytestmark = pytest.mark.django_db


def test_the_creator_owns_the_room():
    ana = make_person("ana")
    room, membership = rooms.create_room(
        person_id=ana.pk, name="  Design   team ", topic="Looks", kind=Room.Kind.PUBLIC
    )
    assert (room.slug, room.name, room.member_count) == ("design-team", "Design team", 1)
    assert membership.role == Membership.Role.OWNER


def test_an_address_is_taken_once():
    ana = make_person("ana")
    make_room(ana, "general")
    with pytest.raises(NameTaken):
        rooms.create_room(person_id=ana.pk, name="General", topic="", kind=Room.Kind.PRIVATE)


@pytest.mark.parametrize("name", ["", "   ", "\u200b"])
def test_a_room_needs_a_name(name):
    with pytest.raises((Invalid, InvalidText)):
        rooms.create_room(person_id=make_person("ana").pk, name=name, topic="", kind=Room.Kind.PUBLIC)


def test_a_change_moves_the_stream_and_none_does_not():
    ana = make_person("ana")
    room = make_room(ana)
    changed = rooms.change_room(person_id=ana.pk, room_id=room.pk, name="Lounge", topic="Anything")
    assert (changed.name, changed.topic, changed.seq) == ("Lounge", "Anything", changed.head)
    assert changed.head == room.head + 1
    assert rooms.change_room(person_id=ana.pk, room_id=room.pk, name="Lounge").head == changed.head


def test_only_moderators_and_staff_change_a_room():
    ana, ben, boss = make_person("ana"), make_person("ben"), make_person("boss", staff=True)
    room, hidden = make_room(ana), make_room(ana, "leads", kind=Room.Kind.PRIVATE)
    join(ben, room)
    with pytest.raises(NotAllowed):
        rooms.change_room(person_id=ben.pk, room_id=room.pk, name="x")
    with pytest.raises(NotFound):
        rooms.change_room(person_id=ben.pk, room_id=hidden.pk, name="x")
    assert rooms.change_room(person_id=boss.pk, room_id=hidden.pk, archived=True).archived_at is not None
