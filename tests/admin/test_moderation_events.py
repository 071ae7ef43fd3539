import pytest

from chat.models import ModerationEvent
from tests.admin.desk import Desk
from tests.builders import make_person

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
