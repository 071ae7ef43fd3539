import io
import stat
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chat.management import demo
from chat.models import Membership, Message, Reaction, Room, User
from chat.queries.identity import person_of
from tests.builders import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Path:
    """Where the passwords are kept."""
    settings.DATA_DIR = tmp_path
    return tmp_path / "demo-passwords.txt"


def demo_data() -> str:
    out = io.StringIO()
    call_command("demo_data", stdout=out)
    return out.getvalue()


def everything() -> list[object]:
    return [list(model.objects.order_by("pk").values()) for model in (User, Room, Membership, Message, Reaction)]


def test_the_demo_fills_the_rooms(kept: Path) -> None:
    demo_data()
    assert dict(Room.objects.values_list("slug", "kind")) == {
        "general": "public",
        "random": "public",
        "engineering": "public",
        "leads": "private",
    }
    assert Message.objects.count() > 100
    assert Message.objects.exclude(edited_at=None).exists()
    assert Message.objects.exclude(deleted_at=None).exists()
    assert "<table>" in "".join(Message.objects.values_list("html", flat=True))
    assert all(room.message_count == room.messages.count() for room in Room.objects.all())


def test_again_it_changes_nothing_and_says_so_in_one_line(kept: Path) -> None:
    demo_data()
    before = (everything(), kept.read_text())
    said = demo_data()
    assert (everything(), kept.read_text()) == before
    assert said.count("\n") == 1
    assert str(kept) in said


def test_passwords_are_said_once_kept_for_the_owner_only_and_work(kept: Path) -> None:
    said = demo_data()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    passwords = dict(line.split() for line in kept.read_text().splitlines())
    assert set(passwords) == {"ana", "ben", "admin"}
    for name, password in passwords.items():
        assert password in said
        client = Client()
        assert client.login(username=name, password=password)
        key = client.session.session_key
        assert key is not None
        assert person_of(key) is not None
    assert User.objects.get(username="admin").is_superuser
    others = User.objects.exclude(username__in=passwords)
    assert not any(person.has_usable_password() for person in others)


def test_a_room_with_real_people_is_left_alone(kept: Path) -> None:
    make_person("olga")
    with pytest.raises(CommandError, match="empty"):
        demo_data()
    assert User.objects.count() == 1
    assert not kept.exists()


def test_all_was_said_in_order_and_in_the_last_four_days(kept: Path) -> None:
    demo_data()
    now = timezone.now()
    for room in Room.objects.all():
        times = list(room.messages.order_by("number").values_list("created_at", flat=True))
        assert all(earlier < later for earlier, later in pairwise(times))
        assert (now - times[0]).days <= 4
        assert times[-1] <= now
        assert room.created_at < times[0]


def test_nothing_is_scripted_for_the_future() -> None:
    midnight = timezone.now().replace(hour=0, minute=1)
    for now in (midnight, midnight.replace(hour=23)):
        for script in demo.ROOMS:
            times = [time for talk in script.talks for time in talk.times(now)]
            assert times == sorted(times)
            assert times[-1] < now


def test_some_rooms_have_news_for_those_who_sign_in(kept: Path) -> None:
    demo_data()
    for script in demo.ROOMS:
        for name in script.members:
            membership = Membership.objects.get(user__username=name, room__slug=script.slug)
            unread = Room.objects.get(slug=script.slug).message_count - membership.last_read_number
            assert unread == script.unread.get(name, 0)
