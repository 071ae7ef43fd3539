import pytest

from chat.models import Membership, Room
from tests.admin.desk import Desk, events
from tests.builders import make_person, make_room

pytestmark = pytest.mark.django_db


def test_a_room_is_created_with_its_creator_as_owner() -> None:
    desk = Desk()
    desk.save("chat/room/add/", name="Night Shift", slug="", topic="Who is awake", kind="private")
    room = Room.objects.get()
    assert (room.slug, room.topic, room.kind) == ("night-shift", "Who is awake", "private")
    assert Membership.objects.get(room=room).user == desk.person
    assert events() == [("admin", "room.create", "night-shift", "")]


def test_a_room_with_a_taken_address_is_told_and_changes_nothing() -> None:
    desk = Desk()
    make_room(desk.person, "general")
    assert "A room with this address exists already." in desk.save(
        "chat/room/add/", name="General", slug="", topic="", kind="public"
    )
    assert Room.objects.count() == 1


def test_a_room_is_renamed_and_described() -> None:
    desk = Desk()
    room = make_room(make_person("ana"))
    head = Room.objects.get().head
    desk.save(f"chat/room/{room.pk}/change/", name="Town Hall", topic="All of us")
    changed = Room.objects.get()
    assert (changed.name, changed.topic, changed.slug) == ("Town Hall", "All of us", "general")
    assert (changed.head, changed.seq) == (head + 1, head + 1)
    assert events()[-1] == ("admin", "room.change", "general", "")


def test_text_that_cannot_be_a_name_is_told_and_changes_nothing() -> None:
    desk = Desk()
    room = make_room(desk.person)
    page = desk.save(f"chat/room/{room.pk}/change/", name="\u200b", topic="")
    assert "A room needs a name." in page
    assert Room.objects.get().name == "General"


def test_a_room_is_archived_and_reopened() -> None:
    desk = Desk()
    room = make_room(make_person("ana"))
    assert "Archived: 1" in desk.choose("room", "archive", room)
    assert Room.objects.get().archived_at is not None
    assert "Reopened: 1" in desk.choose("room", "reopen", room)
    assert Room.objects.get().archived_at is None
    assert [event[1] for event in events()[-2:]] == ["room.archive", "room.reopen"]


def test_staff_need_the_right_to_change_rooms() -> None:
    desk = Desk("clerk", permissions=["view_room"])
    room = make_room(make_person("ana"))
    desk.choose("room", "archive", room)
    assert Room.objects.get().archived_at is None
    assert desk.client.post(f"/admin/chat/room/{room.pk}/change/", {"name": "Mine"}).status_code == 403
    assert desk.status("chat/room/add/") == 403
