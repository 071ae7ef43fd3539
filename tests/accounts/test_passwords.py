import re
from collections.abc import Sequence

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import Settings

from chat.delivery import publish
from chat.delivery.change import Change
from chat.models import User
from chat.queries.identity import person_of
from chatproject import settings as product
from tests.accounts.visitors import PASSWORD, account_seq, is_signed_in, make_account, sign_in, without_tokens

NEW = "an-otter-under-the-bridge"


class Witness:
    """Notes which sessions are good at the moment the change goes out."""

    def __init__(self) -> None:
        self.good: list[list[str]] = []

    def committed(self, changes: Sequence[Change]) -> None:
        if any(change.recheck for change in changes):
            keys = Session.objects.values_list("session_key", flat=True)
            self.good.append([key for key in keys if person_of(key)])


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Witness:
    witness = Witness()
    monkeypatch.setattr(publish, "_publisher", witness)
    return witness


def change(client: Client, old: str = PASSWORD) -> None:
    client.post("/accounts/password/change/", {"oldpassword": old, "password1": NEW, "password2": NEW})


@pytest.mark.django_db
def test_a_new_password_keeps_this_browser_and_ends_the_others() -> None:
    ana = make_account("ana")
    here, there = sign_in("ana"), sign_in("ana")
    before = account_seq(ana)
    change(here)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert account_seq(ana) > before
    assert is_signed_in(sign_in("ana", NEW))


@pytest.mark.django_db(transaction=True)
def test_sockets_are_checked_when_the_kept_session_knows_the_new_password(witness: Witness) -> None:
    make_account("ana")
    here, _ = sign_in("ana"), sign_in("ana")
    change(here)
    assert witness.good == [[here.session.session_key]]


@pytest.mark.django_db
def test_a_wrong_current_password_changes_nothing() -> None:
    ana = make_account("ana")
    client = sign_in("ana")
    before = account_seq(ana)
    change(client, old="wrong")
    assert account_seq(ana) == before
    assert is_signed_in(sign_in("ana"))


@pytest.mark.django_db
def test_a_reset_sets_a_password_once_and_ends_all_sessions() -> None:
    ana = make_account("ana")
    there = sign_in("ana")
    before = account_seq(ana)
    link = _reset_link("ana@example.org")
    visitor = Client()
    page = visitor.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    assert "Choose a new password" in page.content.decode()
    done = visitor.post(form, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is set" in done.content.decode()
    assert not is_signed_in(there)
    assert account_seq(ana) > before
    assert is_signed_in(sign_in("ana", NEW))
    assert "This link is used up" in Client().get(link, follow=True).content.decode()


@pytest.mark.django_db
def test_a_reset_is_answered_alike_for_known_and_unknown_addresses() -> None:
    make_account("ana")
    known = Client().post("/accounts/password/reset/", {"email": "ana@example.org"}, follow=True)
    unknown = Client().post("/accounts/password/reset/", {"email": "eva@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert without_tokens(known.content) == without_tokens(unknown.content)
    assert [message.subject for message in mail.outbox] == ["Parley: Reset your password"] * 2
    assert "There is none" in str(mail.outbox[1].body)


@pytest.mark.django_db
def test_an_account_made_without_a_password_gets_one_by_a_reset() -> None:
    User.objects.create_user(username="ana", email="ana@example.org")
    visitor = Client()
    form = visitor.get(_reset_link("ana@example.org"), follow=True).redirect_chain[-1][0]
    visitor.post(form, {"password1": NEW, "password2": NEW})
    assert is_signed_in(sign_in("ana", NEW))


def test_passwords_are_hashed_with_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    assert make_password(NEW).startswith("argon2$argon2id$")


def _reset_link(address: str) -> str:
    Client().post("/accounts/password/reset/", {"email": address})
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)
