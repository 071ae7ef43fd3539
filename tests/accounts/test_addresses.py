import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from chat.models import User
from tests.accounts.visitors import PASSWORD, make_account, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    user = make_account("ana")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user


def change_address(client: Client, address: str) -> str:
    client.post("/accounts/email/", {"action_add": "", "email": address})
    page = client.post("/accounts/reauthenticate/?next=/accounts/email/", {"password": PASSWORD}, follow=True)
    return page.content.decode()


def test_changing_the_address_asks_for_the_password_first(ana: User) -> None:
    response = sign_in("ana").post("/accounts/email/", {"action_add": "", "email": "new@example.org"}, follow=True)
    assert "Your password, please" in response.content.decode()
    assert not EmailAddress.objects.filter(email="new@example.org").exists()


def test_a_new_address_counts_once_its_link_was_opened(ana: User) -> None:
    client = sign_in("ana")
    page = change_address(client, "new@example.org")
    assert "A link to confirm new@example.org is on its way." in page
    ana.refresh_from_db()
    assert ana.email == "ana@example.org"
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    assert "Is <strong>new@example.org</strong>" in client.get(found.group(1)).content.decode()
    assert "new@example.org is confirmed." in client.post(found.group(1), follow=True).content.decode()
    ana.refresh_from_db()
    assert ana.email == "new@example.org"
    assert EmailAddress.objects.get().verified


def test_a_change_can_be_called_off(ana: User) -> None:
    client = sign_in("ana")
    change_address(client, "new@example.org")
    page = client.post("/accounts/email/", {"action_remove": "", "email": "new@example.org"}, follow=True)
    assert "is called off" in page.content.decode()
    assert EmailAddress.objects.get().email == "ana@example.org"


def test_a_confirmed_address_cannot_be_confirmed_by_another_account(ana: User) -> None:
    make_account("ben")
    client = sign_in("ben")
    change_address(client, "ana@example.org")
    found = re.search(r"http://testserver(\S+)", str(mail.outbox[-1].body))
    assert found
    assert "This address cannot be confirmed" in client.get(found.group(1)).content.decode()
