import pytest
from django.contrib.auth.models import Permission

from chat.models import Membership, User
from tests.accounts.visitors import PASSWORD, account_seq, is_signed_in, make_account, sign_in
from tests.admin.desk import Desk, events, reload
from tests.builders import make_person, make_room

pytestmark = pytest.mark.django_db

NEW = "an-otter-under-the-bridge"


def test_a_ban_asks_for_a_reason_and_shuts_the_person_out() -> None:
    desk, ana = Desk(), make_account("ana")
    browser = sign_in("ana")
    before = account_seq(ana)
    page = desk.choose("user", "ban", ana)
    assert "cannot sign in" in page
    assert is_signed_in(browser)
    page = desk.choose("user", "ban", ana, reason="sold  us\nsand")
    assert "Banned: 1" in page
    assert not is_signed_in(browser)
    assert not is_signed_in(sign_in("ana"))
    assert account_seq(ana) > before
    assert events() == [("admin", "person.ban", "ana", "sold us sand")]


def test_a_ban_without_a_reason_is_asked_for_again() -> None:
    desk, ana = Desk(), make_account("ana")
    assert "This field is required." in desk.choose("user", "ban", ana, reason=" ")
    assert reload(ana).is_active


def test_a_deactivated_person_is_out_until_let_back_in() -> None:
    desk, ana = Desk(), make_account("ana")
    assert "Deactivated: 1" in desk.choose("user", "deactivate", ana)
    assert not is_signed_in(sign_in("ana"))
    assert "Let back in: 1" in desk.choose("user", "let_back_in", ana)
    assert is_signed_in(sign_in("ana"))
    assert [event[1] for event in events()] == ["person.deactivate", "person.activate"]


def test_letting_somebody_back_in_lifts_a_ban() -> None:
    desk, ana = Desk(), make_account("ana")
    desk.choose("user", "ban", ana, reason="a mistake")
    desk.choose("user", "let_back_in", ana)
    assert (reload(ana).is_active, reload(ana).banned_at, reload(ana).ban_reason) == (True, None, "")


def test_what_an_action_refuses_is_told_and_the_rest_is_done() -> None:
    desk, ana = Desk(), make_account("ana")
    page = desk.choose("user", "ban", ana, desk.person, reason="all of us")
    assert "Not done for admin: You are not allowed to do this." in page
    assert "Banned: 1" in page
    assert reload(desk.person).is_active


def test_too_many_at_a_time_are_refused() -> None:
    desk = Desk()
    rows = [make_person(f"p{number}") for number in range(101)]
    assert "Choose at most 100 at a time." in desk.choose("user", "ban", *rows, reason="crowd")
    assert User.objects.filter(is_active=False).count() == 0


def test_a_created_person_can_sign_in_and_is_a_member_of_general() -> None:
    desk = Desk()
    room = make_room(desk.person, "general")
    desk.save("chat/user/add/", username="ana", email="Ana@example.org", password=PASSWORD)
    ana = User.objects.get(username="ana")
    assert (ana.email, ana.is_staff) == ("ana@example.org", False)
    assert is_signed_in(sign_in("ana"))
    assert Membership.objects.filter(user=ana, room=room, state="active").exists()
    assert ("admin", "person.create", "ana", "") in events()


def test_a_person_created_without_a_password_has_none() -> None:
    Desk().save("chat/user/add/", username="ana", email="ana@example.org", password="")
    assert not User.objects.get(username="ana").has_usable_password()


@pytest.mark.parametrize(("name", "password"), [("admin", PASSWORD), ("ANA", PASSWORD), ("ana", "password")])
def test_a_bad_name_or_password_is_a_mistake_in_the_form(name: str, password: str) -> None:
    page = Desk().save("chat/user/add/", username=name, email="", password=password)
    assert "Please correct the error below." in page
    assert User.objects.count() == 1


def test_a_new_password_signs_the_person_out_everywhere() -> None:
    desk, ana = Desk(), make_account("ana")
    browser, before = sign_in("ana"), account_seq(ana)
    desk.save(f"chat/user/{ana.pk}/change/", email=ana.email, new_password=NEW)
    assert not is_signed_in(browser)
    assert account_seq(ana) > before
    assert is_signed_in(sign_in("ana", NEW))
    assert events() == [("admin", "person.password", "ana", "")]


def test_a_new_address_is_where_a_reset_goes() -> None:
    desk, ana = Desk(), make_account("ana")
    desk.save(f"chat/user/{ana.pk}/change/", email="New@example.org", new_password="")
    assert reload(ana).email == "new@example.org"
    assert is_signed_in(sign_in("new@example.org"))
    assert not is_signed_in(sign_in("ana@example.org"))
    assert events() == [("admin", "person.email", "ana", "")]


def test_a_superuser_gives_somebody_rights() -> None:
    desk, ana = Desk(), make_account("ana")
    before = account_seq(ana)
    may_see = Permission.objects.get(codename="view_message")
    desk.save(
        f"chat/user/{ana.pk}/change/", email=ana.email, is_staff="on", new_password="", user_permissions=[may_see.pk]
    )
    assert reload(ana).is_staff
    assert reload(ana).has_perm("chat.view_message")
    assert account_seq(ana) > before
    assert events() == [("admin", "person.rights", "ana", "staff, 1 permissions")]


def test_other_staff_give_nobody_rights() -> None:
    desk, ana = Desk("clerk", permissions=["view_user", "change_user"]), make_account("ana")
    desk.save(f"chat/user/{ana.pk}/change/", email=ana.email, is_staff="on", is_superuser="on", new_password="")
    assert (reload(ana).is_staff, reload(ana).is_superuser, events()) == (False, False, [])


def test_other_staff_cannot_become_a_colleague_by_a_new_password() -> None:
    desk, boss = Desk("clerk", permissions=["view_user", "change_user"]), make_account("boss", is_staff=True)
    response = desk.client.post(f"/admin/chat/user/{boss.pk}/change/", {"email": "clerk@example.org"})
    assert response.status_code == 403


def test_saving_without_a_change_does_nothing() -> None:
    desk, ana = Desk(), make_account("ana")
    desk.save(f"chat/user/{ana.pk}/change/", email=ana.email, new_password="")
    assert events() == []


def test_staff_need_the_right_to_change_people() -> None:
    desk, ana = Desk("clerk", permissions=["view_user"]), make_account("ana")
    for action in ("ban", "deactivate"):
        desk.choose("user", action, ana, reason="no right")
    assert reload(ana).is_active
    assert desk.client.post(f"/admin/chat/user/{ana.pk}/change/", {"email": ""}).status_code == 403


def test_people_are_found_by_name_and_address() -> None:
    desk = Desk()
    make_person("ana")
    make_person("ben")
    assert "ben@example.org" not in desk.get("chat/user/?q=ana@")
    assert "ben@example.org" in desk.get("chat/user/?is_active__exact=1&banned_at__isempty=1")
