import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from chat.actions import accounts
from tests.accounts.visitors import PASSWORD, is_signed_in, make_account, sign_in, without_tokens

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("login", ["ana", "ANA", "ana@example.org", "Ana@Example.org", " ana "])
def test_people_sign_in_by_name_or_address_in_any_case(login: str) -> None:
    make_account("ana")
    assert is_signed_in(sign_in(login))


@pytest.mark.parametrize("login", ["ana", "ana@example.org"])
def test_a_wrong_password_and_an_unknown_person_are_answered_alike(login: str) -> None:
    make_account("ana")
    other = login.replace("ana", "eva")
    wrong = Client().post("/accounts/login/", {"login": login, "password": "wrong"})
    unknown = Client().post("/accounts/login/", {"login": other, "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 200
    assert without_tokens(wrong.content) == without_tokens(unknown.content).replace(other, login)


@pytest.mark.parametrize("login", ["ana", "ana@example.org"])
def test_a_wrong_password_and_an_unknown_person_cost_the_same_work(login: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account("ana")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *args: hashed.append("") or encode(self, *args))
    Client().post("/accounts/login/", {"login": login, "password": "wrong"})
    known = len(hashed)
    Client().post("/accounts/login/", {"login": login.replace("ana", "eva"), "password": "wrong"})
    assert len(hashed) == 2 * known > 0


def test_signing_in_changes_the_session_key() -> None:
    make_account("ana")
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert is_signed_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("banned", [True, False])
def test_a_closed_account_cannot_sign_in_and_only_its_owner_learns_why(banned: bool) -> None:
    ana, admin = make_account("ana"), make_account("admin", is_staff=True)
    if banned:
        accounts.ban(person_id=admin.pk, user_id=ana.pk, reason="spam")
    else:
        accounts.set_active(person_id=admin.pk, user_id=ana.pk, active=False)
    client = Client()
    guess = client.post("/accounts/login/", {"login": "ana", "password": "wrong"})
    assert "The username or the password is wrong." in guess.content.decode()
    owner = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD}, follow=True)
    assert "This account is closed" in owner.content.decode()
    assert not is_signed_in(client)


def test_guessing_a_password_is_slowed_down() -> None:
    make_account("ana")
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ana", "password": "wrong"})
    page = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).content.decode()
    assert "Too many attempts." in page
    assert not is_signed_in(client)


def test_a_stranger_with_a_network_of_addresses_is_one_stranger() -> None:
    make_account("ana")
    for host in range(5):
        guess = Client(REMOTE_ADDR=f"2001:db8::{host:x}")
        guess.post("/accounts/login/", {"login": "ana", "password": "wrong"})
    client = Client(REMOTE_ADDR="2001:db8::ffff")
    page = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD}).content.decode()
    assert "Too many attempts." in page
    assert is_signed_in(sign_in("ana"))


def test_a_strangers_guesses_do_not_lock_the_owner_out() -> None:
    make_account("ana")
    stranger = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(6):
        stranger.post("/accounts/login/", {"login": "ana", "password": "wrong"})
    assert is_signed_in(sign_in("ana"))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("/rooms/general/", "/rooms/general/"), ("https://evil.example/", "/"), ("//evil.example/", "/")],
)
def test_signing_in_leads_on_within_this_site_only(wanted: str, found: str) -> None:
    make_account("ana")
    response = Client().post("/accounts/login/", {"login": "ana", "password": PASSWORD, "next": wanted})
    assert (response.status_code, response["Location"]) == (302, found)


def test_signing_in_from_another_site_is_refused() -> None:
    make_account("ana")
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "ana", "password": PASSWORD})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
