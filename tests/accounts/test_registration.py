"""Who may make an account is the operator's to say."""

import pytest
from django.test import Client
from pytest_django import Settings

from chat.models import User
from tests.accounts.test_signing_up import sign_up
from tests.accounts.visitors import is_signed_in, make_account
from tests.admin.desk import Desk

pytestmark = pytest.mark.django_db

OFFER = "Create an account"


def test_registration_is_open_unless_it_is_closed(client: Client) -> None:
    make_account("ben")
    assert OFFER in client.get("/accounts/login/").content.decode()
    sign_up(client)
    assert is_signed_in(client)


def test_where_registration_is_closed_a_stranger_makes_no_account(client: Client, settings: Settings) -> None:
    make_account("ben")
    settings.REGISTRATION = "closed"
    assert OFFER not in client.get("/accounts/login/").content.decode()
    for answer in (client.get("/accounts/signup/"), sign_up(client)):
        assert "Ask whoever runs Parley for an account." in answer.content.decode()
    assert not is_signed_in(client)
    assert [person.username for person in User.objects.all()] == ["ben"]


def test_the_very_first_account_can_be_made_and_no_second_one(client: Client, settings: Settings) -> None:
    settings.REGISTRATION = "closed"
    assert OFFER in client.get("/accounts/login/").content.decode()
    sign_up(client)
    assert is_signed_in(client)
    assert not User.objects.get().is_staff
    sign_up(Client(), "eva", "eva@example.org")
    assert User.objects.count() == 1


def test_staff_make_accounts_where_registration_is_closed(settings: Settings) -> None:
    settings.REGISTRATION = "closed"
    Desk().save("chat/user/add/", username="ana", email="ana@example.org", password="a-heron-in-the-reeds")
    assert User.objects.filter(username="ana").exists()
