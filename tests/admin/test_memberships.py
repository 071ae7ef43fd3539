import pytest

from chat.models import Membership
from tests.admin.desk import Desk, events
from tests.builders import join, make_person, make_room

pytestmark = pytest.mark.django_db


def test_somebody_is_added_to_a_room() -> None:
    desk = Desk()
    ben = make_person("ben")
    room = make_room(make_person("ana"))
    desk.save("chat/membership/add/", room=room.pk, user=ben.pk, role="moderator")
    membership = Membership.objects.get(user=ben)
    assert (membership.active, membership.role) == (True, "moderator")
    assert events()[-1] == ("admin", "member.add", "ben in general", "")


def test_somebody_who_was_removed_is_added_again() -> None:
    desk = Desk()
    ben = make_person("ben")
    room = make_room(make_person("ana"))
    membership = join(ben, room)
    page = desk.choose("membership", "remove", membership, reason="too loud")
    assert "Removed: 1" in page
    membership.refresh_from_db()
    assert membership.state == "removed"
    assert events()[-1] == ("admin", "member.remove", "ben in general", "too loud")
    desk.save("chat/membership/add/", room=room.pk, user=ben.pk, role="member")
    membership.refresh_from_db()
    assert membership.state == "active"


def test_a_member_gets_another_role() -> None:
    desk = Desk()
    ben = make_person("ben")
    membership = join(ben, make_room(make_person("ana")))
    desk.save(f"chat/membership/{membership.pk}/change/", role="owner")
    membership.refresh_from_db()
    assert membership.role == "owner"
    assert events()[-1] == ("admin", "member.role.owner", "ben in general", "")


def test_somebody_deactivated_cannot_be_added_and_that_is_told() -> None:
    desk = Desk()
    ben = make_person("ben")
    room = make_room(make_person("ana"))
    desk.choose("user", "deactivate", ben)
    page = desk.save("chat/membership/add/", room=room.pk, user=ben.pk, role="member")
    assert "Nobody here has that username." in page
    assert not Membership.objects.filter(user=ben).exists()


def test_staff_need_the_right_to_remove_people() -> None:
    desk = Desk("clerk", permissions=["view_membership", "change_membership"])
    membership = join(make_person("ben"), make_room(make_person("ana")))
    desk.choose("membership", "remove", membership, reason="no right")
    membership.refresh_from_db()
    assert membership.active
