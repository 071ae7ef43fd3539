import re
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from chat.admin.site import site
from chat.models import Inbox, Membership, Message, ModerationEvent, Room, User
from tests.accounts.visitors import PASSWORD, account_seq, make_account, sign_in
from tests.admin.desk import Desk
from tests.builders import make_person, make_room, say

pytestmark = pytest.mark.django_db

NOUNS = ("user", "room", "membership", "message", "moderationevent")


def test_signing_in_goes_through_the_account_page_and_its_limits(client: Client) -> None:
    make_account("admin", is_staff=True)
    arrived = client.get("/admin/", follow=True)
    assert unquote(arrived.redirect_chain[-1][0]) == "/accounts/login/?next=/admin/"
    response = client.post("/accounts/login/?next=/admin/", {"login": "admin", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"


def test_somebody_signed_in_who_is_no_staff_is_refused() -> None:
    make_account("ana")
    response = sign_in("ana").get("/admin/", follow=True)
    assert response.status_code == 403
    assert "You may not see this" in response.content.decode()


def test_signing_out_here_ends_the_session_and_has_the_sockets_checked() -> None:
    desk = Desk()
    key, before = desk.client.session.session_key, account_seq(desk.person)
    desk.client.post("/admin/logout/")
    assert not Session.objects.filter(session_key=key).exists()
    assert account_seq(desk.person) > before


def test_ones_own_password_is_changed_on_the_account_page() -> None:
    assert Desk().client.get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_these_nouns_and_no_others_can_be_seen() -> None:
    assert set(site._registry) == {User, Room, Membership, Message, ModerationEvent}
    assert Inbox not in site._registry


@pytest.mark.parametrize("noun", NOUNS)
def test_staff_without_permission_get_403(noun: str) -> None:
    desk = Desk(permissions=())
    assert desk.status(f"chat/{noun}/") == 403
    assert desk.status(f"chat/{noun}/add/") == 403


@pytest.mark.parametrize("noun", NOUNS)
def test_nothing_can_be_deleted_from_the_database(noun: str) -> None:
    desk = Desk()
    message = say(desk.person, make_room(desk.person))
    row = {"message": message.id, "moderationevent": ModerationEvent.objects.get().pk}.get(noun)
    pk = row or {"user": desk.person, "room": Room.objects.get(), "membership": Membership.objects.get()}[noun].pk
    assert desk.client.post(f"/admin/chat/{noun}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(f"chat/{noun}/")


def test_what_people_wrote_is_never_markup_here() -> None:
    desk = Desk()
    room = make_room(desk.person)
    message = say(desk.person, room, "<b>bold</b> **strong** <script>alert(1)</script>")
    desk.save(f"chat/room/{room.pk}/change/", name="<b>name</b>", topic="<script>topic</script>")
    desk.choose("message", "delete_as_moderator", Message.objects.get(pk=message.id))
    pages = [
        desk.get("chat/message/"),
        desk.get(f"chat/message/{message.id}/change/"),
        desk.choose("message", "delete_as_moderator", Message.objects.get(pk=message.id)),
        desk.get("chat/room/"),
        desk.get("chat/moderationevent/"),
        desk.get(f"chat/room/{room.pk}/change/"),
    ]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages[1]
    for page in pages:
        assert not re.search(r"<b>|<strong>strong|<script>", page)


def test_no_page_has_an_inline_script_or_style() -> None:
    desk = Desk()
    ana = make_person("ana")
    room = make_room(desk.person)
    message = say(desk.person, room)
    addresses = ["", *(f"chat/{noun}/" for noun in NOUNS), *(f"chat/{noun}/add/" for noun in NOUNS[:3])]
    addresses += [f"chat/user/{ana.pk}/change/", f"chat/room/{room.pk}/change/", f"chat/message/{message.id}/change/"]
    pages = [desk.get(address) for address in addresses]
    pages.append(desk.choose("user", "ban", ana))
    for page in pages:
        assert not re.search(r"<style|<script>|\sstyle=|\son\w+=", page)
