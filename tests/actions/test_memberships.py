import pytest
from pytest_django import Settings

from chat import access
from chat.actions import memberships
from chat.errors import NotAllowed, NotAMember, NotFound, RoomArchived, TooManyMemberships, UnknownPerson
from chat.limits import Limits
from chat.models import Inbox, Membership, ModerationEvent, Room
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db
State, Role = Membership.State, Membership.Role


def test_joining_moves_both_streams_and_counts_the_member():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    before = room.head
    room, membership = memberships.join_room(person_id=ben.pk, room_id=room.pk)
    assert (room.member_count, room.head, membership.room_seq) == (2, before + 1, before + 1)
    assert membership.seq == Inbox.objects.get(pk=ben.pk).head == 1


def test_joining_again_changes_nothing():
    ana = make_person("ana")
    room = make_room(ana)
    assert memberships.join_room(person_id=ana.pk, room_id=room.pk)[0].head == room.head


def test_who_joins_starts_with_everything_read():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    say(ana, room)
    assert memberships.join_room(person_id=ben.pk, room_id=room.pk)[1].last_read_number == 1


def test_a_private_room_cannot_be_joined_or_seen():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana, kind=Room.Kind.PRIVATE)
    with pytest.raises(NotFound):
        memberships.join_room(person_id=ben.pk, room_id=room.pk)
    with pytest.raises(NotFound):
        access.room_for(ben.pk, room.pk)


def test_a_member_invites_by_username_whatever_its_case():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana, kind=Room.Kind.PRIVATE)
    _, membership = memberships.invite(person_id=ana.pk, room_id=room.pk, username="@Ben")
    assert membership.user == ben
    assert membership.active


def test_nobody_invites_into_a_room_they_are_not_in():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    open_room, hidden = make_room(ana), make_room(ana, "leads", kind=Room.Kind.PRIVATE)
    with pytest.raises(NotAMember):
        memberships.invite(person_id=ben.pk, room_id=open_room.pk, username=eve.username)
    with pytest.raises(NotFound):
        memberships.invite(person_id=ben.pk, room_id=hidden.pk, username=eve.username)


def test_inviting_nobody_is_named():
    ana = make_person("ana")
    with pytest.raises(UnknownPerson):
        memberships.invite(person_id=ana.pk, room_id=make_room(ana).pk, username="ghost")


def test_leaving_keeps_a_public_room_readable_and_hides_a_private_one():
    ana, ben = make_person("ana"), make_person("ben")
    for room in (make_room(ana), make_room(ana, "leads", kind=Room.Kind.PRIVATE)):
        join(ben, room)
        room, membership = memberships.leave_room(person_id=ben.pk, room_id=room.pk)
        assert (membership.state, room.member_count) == (State.LEFT, 1)
        assert access.can_read(room.kind, membership) == (room.kind == Room.Kind.PUBLIC)


def test_leaving_again_changes_nothing():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    head = memberships.leave_room(person_id=ben.pk, room_id=room.pk)[0].head
    assert memberships.leave_room(person_id=ben.pk, room_id=room.pk)[0].head == head


def test_a_removed_member_may_not_see_or_rejoin_even_a_public_room():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    with pytest.raises(NotFound):
        access.room_for(ben.pk, room.pk)
    with pytest.raises(NotFound):
        memberships.join_room(person_id=ben.pk, room_id=room.pk)
    with pytest.raises((NotAMember, NotFound)):
        memberships.leave_room(person_id=ben.pk, room_id=room.pk)
    assert ModerationEvent.objects.filter(action="member.remove", actor=ana).exists()


def test_only_a_moderator_brings_a_removed_member_back():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    room = make_room(ana)
    join(ben, room)
    join(eve, room)
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    with pytest.raises(NotAllowed):
        memberships.invite(person_id=eve.pk, room_id=room.pk, username="ben")
    assert memberships.invite(person_id=ana.pk, room_id=room.pk, username="ben")[1].active


def test_members_remove_nobody_and_moderators_not_the_owner():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    boss = make_person("boss", staff=True)
    room = make_room(ana)
    join(ben, room)
    join(eve, room)
    with pytest.raises(NotAllowed):
        memberships.remove_member(person_id=ben.pk, room_id=room.pk, user_id=eve.pk)
    memberships.set_role(person_id=boss.pk, room_id=room.pk, user_id=ben.pk, role=Role.MODERATOR)
    with pytest.raises(NotAllowed):
        memberships.remove_member(person_id=ben.pk, room_id=room.pk, user_id=ana.pk)
    assert memberships.remove_member(person_id=ben.pk, room_id=room.pk, user_id=eve.pk)[1].state == State.REMOVED


def test_an_archived_room_takes_no_new_members():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    Room.objects.filter(pk=room.pk).update(archived_at="2026-01-01T00:00:00Z")
    with pytest.raises(RoomArchived):
        memberships.join_room(person_id=ben.pk, room_id=room.pk)


def test_the_read_marker_only_moves_forward_and_not_beyond_the_newest_message():
    ana = make_person("ana")
    room = make_room(ana)
    for _ in range(5):
        say(ana, room)
    assert memberships.set_read(person_id=ana.pk, room_id=room.pk, number=3)[1].last_read_number == 3
    assert memberships.set_read(person_id=ana.pk, room_id=room.pk, number=1)[1].last_read_number == 3
    assert memberships.set_read(person_id=ana.pk, room_id=room.pk, number=99)[1].last_read_number == 5


def test_the_member_count_equals_the_active_memberships():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    room = make_room(ana)
    join(ben, room)
    join(eve, room)
    join(ben, room)
    memberships.leave_room(person_id=ben.pk, room_id=room.pk)
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=ben.pk)
    memberships.remove_member(person_id=ana.pk, room_id=room.pk, user_id=eve.pk)
    room.refresh_from_db()
    assert room.member_count == Membership.objects.filter(room=room, state=State.ACTIVE).count() == 1


def test_a_person_is_a_member_of_so_many_rooms_and_may_leave_one_for_another(settings: Settings) -> None:
    settings.LIMITS = Limits(person_rooms=2)
    ana, ben = make_person("ana"), make_person("ben")
    first, second = make_room(ana, "first"), make_room(ana, "second")
    theirs = make_room(ben, "third")
    with pytest.raises(TooManyMemberships):
        memberships.join_room(person_id=ana.pk, room_id=theirs.pk)
    with pytest.raises(TooManyMemberships):
        make_room(ana, "fourth")
    assert memberships.join_room(person_id=ana.pk, room_id=second.pk)[1].active
    memberships.leave_room(person_id=ana.pk, room_id=first.pk)
    assert memberships.join_room(person_id=ana.pk, room_id=theirs.pk)[1].active


def test_invitations_leave_room_for_rooms_of_ones_own(settings: Settings) -> None:
    settings.LIMITS = Limits(person_rooms=5)
    ana, ben = make_person("ana"), make_person("ben")
    rooms = [make_room(ana, f"room-{n}") for n in range(5)]
    for room in rooms[:4]:
        memberships.invite(person_id=ana.pk, room_id=room.pk, username="ben")
    with pytest.raises(TooManyMemberships, match="ben is a member of too many rooms"):
        memberships.invite(person_id=ana.pk, room_id=rooms[4].pk, username="ben")
    assert memberships.join_room(person_id=ben.pk, room_id=rooms[4].pk)[1].active
