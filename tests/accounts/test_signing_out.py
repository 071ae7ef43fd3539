import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.accounts.visitors import account_seq, is_signed_in, make_account, sign_in

pytestmark = pytest.mark.django_db


def test_signing_out_ends_the_session_and_has_the_sockets_checked() -> None:
    ana = make_account("ana")
    client = sign_in("ana")
    key, before = client.session.session_key, account_seq(ana)
    response = client.post("/accounts/logout/", follow=True)
    assert "You are signed out." in response.content.decode()
    assert not Session.objects.filter(session_key=key).exists()
    assert account_seq(ana) > before


def test_other_browsers_stay_signed_in() -> None:
    make_account("ana")
    one, other = sign_in("ana"), sign_in("ana")
    one.post("/accounts/logout/")
    assert not is_signed_in(one)
    assert is_signed_in(other)


def test_a_link_asks_before_it_signs_anybody_out() -> None:
    make_account("ana")
    client = sign_in("ana")
    assert "Sign out?" in client.get("/accounts/logout/").content.decode()
    assert is_signed_in(client)


def test_signing_out_when_signed_out_is_no_mistake(client: Client) -> None:
    assert client.post("/accounts/logout/").status_code == 302
