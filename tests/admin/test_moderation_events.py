import pytest
from django.contrib.admin.models import LogEntry

from chat.models import Message, ModerationEvent
from tests.admin.desk import Desk
from tests.builders import make_person, make_room, say

pytestmark = pytest.mark.django_db


def test_the_record_can_be_read_and_searched_but_not_changed() -> None:
    desk = Desk()
    desk.choose("user", "ban", make_person("ana"), reason="sold us sand")
    desk.choose("user", "deactivate", make_person("ben"))
    event = ModerationEvent.objects.get(action="person.ban")
    page = desk.get("chat/moderationevent/?q=sand")
    assert '<td class="field-target">ana</td>' in page
    assert '<td class="field-target">ben</td>' not in page
    assert desk.status("chat/moderationevent/add/") == 403
    assert desk.client.post(f"/admin/chat/moderationevent/{event.pk}/change/", {"reason": "none"}).status_code == 403


def test_no_record_keeps_what_people_wrote_or_a_password() -> None:
    desk, ana = Desk(), make_person("ana")
    row = Message.objects.get(pk=say(ana, make_room(ana), "canary of a message").id)
    desk.choose("message", "delete_as_moderator", row, reason="advertising")
    given = {"email": "ana@example.org", "new_password": "canary of a password"}
    desk.save(f"chat/user/{ana.pk}/change/", **given)
    desk.save("chat/user/add/", username="ben", email="ben@example.org", new_password="canary of a password")
    kept = [*ModerationEvent.objects.values_list(), *LogEntry.objects.values_list()]
    assert {"message.delete", "person.password", "person.create"} <= {word for each in kept for word in each}
    assert LogEntry.objects.count() >= 2
    assert "canary" not in str(kept)
