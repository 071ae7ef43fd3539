import pytest

from chat.models import Message, Room
from tests.admin.desk import Desk, events
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db


def test_a_message_of_any_room_is_deleted_for_a_reason_that_is_kept() -> None:
    desk, ana = Desk(), make_person("ana")
    room = make_room(ana, "den", kind=Room.Kind.PRIVATE)
    row = Message.objects.get(pk=say(ana, room, "buy my sand").id)
    page = desk.choose("message", "delete_as_moderator", row)
    assert "ana in Den: buy my sand" in page
    assert "Deleted: 1" in desk.choose("message", "delete_as_moderator", row, reason="advertising")
    head = row.seq
    row.refresh_from_db()
    assert (row.body, row.html, row.deleted_by, row.deletion_reason) == ("", "", desk.person, "advertising")
    assert row.seq > head
    assert events()[-1] == ("admin", "message.delete", str(row), "advertising")


def test_a_tombstone_is_shown_as_one() -> None:
    desk, ana = Desk(), make_person("ana")
    row = Message.objects.get(pk=say(ana, make_room(ana), "buy my sand").id)
    desk.choose("message", "delete_as_moderator", row, reason="advertising")
    assert "(deleted)" in desk.get("chat/message/")
    page = desk.get(f"chat/message/{row.pk}/change/")
    assert "advertising" in page
    assert "buy my sand" not in page


def test_messages_cannot_be_written_or_edited() -> None:
    desk, ana = Desk(), make_person("ana")
    message = say(ana, make_room(ana), "as it was")
    assert desk.status("chat/message/add/") == 403
    assert desk.client.post(f"/admin/chat/message/{message.id}/change/", {"body": "else"}).status_code == 403
    assert Message.objects.get().body == "as it was"


@pytest.mark.parametrize("words", ["heron", "ben", "river"])
def test_messages_are_found_by_text_author_and_room(words: str) -> None:
    desk, ana, ben = Desk(), make_person("ana"), make_person("ben")
    river = make_room(ana, "river")
    join(ben, river)
    say(ben, river, "a heron stands in the shallows")
    say(ana, make_room(ana, "general"), "something else entirely")
    page = desk.get(f"chat/message/?q={words}")
    assert "a heron stands" in page
    assert "something else" not in page


def test_staff_need_the_right_to_delete_messages() -> None:
    desk, ana = Desk("clerk", permissions=["view_message"]), make_person("ana")
    row = Message.objects.get(pk=say(ana, make_room(ana)).id)
    desk.choose("message", "delete_as_moderator", row, reason="no right")
    row.refresh_from_db()
    assert row.deleted_at is None
