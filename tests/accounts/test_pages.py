import re

import pytest
from django.test import Client

from tests.accounts.visitors import make_account, sign_in

pytestmark = pytest.mark.django_db

OPEN = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-used-up/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/unknown/",
)
OWN = (
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
)


@pytest.mark.parametrize("address", [*OPEN, *OWN])
def test_a_page_stays_in_no_cache_and_has_no_inline_script_or_style(address: str) -> None:
    make_account("ana")
    client = Client() if address in OPEN else sign_in("ana")
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert not re.search(r"<style|<script(?![^>]* src=)|\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("address", [*OPEN, *OWN])
def test_every_field_of_a_page_has_a_label(address: str) -> None:
    make_account("ana")
    page = (Client() if address in OPEN else sign_in("ana")).get(address).content.decode()
    for field in re.findall(r"<input(?![^>]*hidden)[^>]*>", page):
        name = re.search(r'id="(\w+)"', field)
        assert name is not None
        assert f'<label for="{name.group(1)}">' in page
        assert "autocomplete=" in field


@pytest.mark.parametrize("address", OWN[1:])
def test_a_persons_own_pages_ask_strangers_to_sign_in(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize(
    "address", ["login/code/", "login/code/confirm/", "confirm-email/", "phone/verify/", "signup/passkey/", "nothing/"]
)
def test_pages_that_are_not_supported_do_not_exist(client: Client, address: str) -> None:
    response = client.get(f"/accounts/{address}")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()
