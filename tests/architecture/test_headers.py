"""What a browser is told to refuse, on every kind of page."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client

from tests.builders import make_person, make_room

PUBLIC = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/admin/login/"]
PERSONAL = ["/", "/rooms/general/", "/accounts/password/change/", "/accounts/email/", "/accounts/logout/"]
STAFF = ["/admin/", "/admin/chat/room/", "/admin/chat/message/", "/admin/chat/user/"]
API = ["/api/rooms", "/api/rooms/999/members"]
HEALTH = ["/livez", "/readyz"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    """A browser in which a member of staff is signed in, with a room to look at."""
    person = make_person("ana", staff=True)
    make_room(person)
    browser = Client()
    browser.force_login(person)
    return browser


def fetch(client: Client, path: str) -> HttpResponse:
    if path in PUBLIC:
        client.logout()
    response = client.get(path)
    while response.status_code in (301, 302):
        response = client.get(response["Location"])
    return response  # type: ignore[return-value]


def policy(response: HttpResponse) -> dict[str, list[str]]:
    """The Content-Security-Policy by directive."""
    directives = [each.split() for each in response["Content-Security-Policy"].split(";") if each.strip()]
    return {name: values for name, *values in directives}


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL, *STAFF])
def test_a_page_is_there(client: Client, path: str) -> None:
    response = fetch(client, path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL, *STAFF, *API, *HEALTH, "/nowhere/"])
def test_a_response_lets_nothing_foreign_in(client: Client, path: str) -> None:
    found = policy(fetch(client, path))
    assert not [value for values in found.values() for value in values if value.startswith("'unsafe-")]
    assert found["default-src"] in (["'self'"], ["'none'"])
    assert found["object-src"] == found["base-uri"] == found["frame-ancestors"] == ["'none'"]
    assert found["form-action"] == ["'self'"]
    for name, values in found.items():
        if name in ("require-trusted-types-for", "trusted-types"):
            continue  # their values are no origins
        foreign = [value for value in values if value not in ("'self'", "'none'") and not value.startswith("'nonce-")]
        assert foreign == (["data:"] if name == "img-src" else []), name


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL, *STAFF, *API, *HEALTH, "/nowhere/"])
def test_a_response_is_neither_sniffed_nor_framed_nor_told_on(client: Client, path: str) -> None:
    response = fetch(client, path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [*PERSONAL, *STAFF, *API])
def test_what_is_one_persons_is_stored_nowhere(client: Client, path: str) -> None:
    directives = {each.strip() for each in fetch(client, path)["Cache-Control"].split(",")}
    assert {"private", "no-store"} <= directives


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL])
def test_a_page_has_nothing_inline_that_the_policy_forbids(client: Client, path: str) -> None:
    html = fetch(client, path).content.decode()
    scripts = re.findall(r"<script(?![^>]*\b(?:src|nonce)=)[^>]*>", html)
    assert [each for each in scripts if 'type="application/json"' not in each] == []
    assert re.findall(r"<style\b", html) == []
    assert re.findall(r"\s(?:style|on[a-z]+)=\"", html) == []


@pytest.mark.parametrize("path", [*PUBLIC, *PERSONAL])
def test_a_page_loads_only_files_of_our_own_that_exist(client: Client, path: str) -> None:
    html = fetch(client, path).content.decode()
    loaded = re.findall(r"<(?:script|link|img|use)\b[^>]*?\b(?:src|href)=\"([^\"#]+)", html)
    assert loaded
    for address in loaded:
        assert address.startswith("/"), address
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address


@pytest.mark.parametrize("path", ["/", "/rooms/general/"])
def test_markup_enters_the_page_by_one_door(client: Client, path: str) -> None:
    found = policy(fetch(client, path))
    assert found["require-trusted-types-for"] == ["'script'"]
    assert found["trusted-types"] == ["parley-message"]


def test_two_pages_never_share_a_nonce(client: Client) -> None:
    nonces = [re.findall(r"'nonce-([^']+)'", fetch(client, "/rooms/general/")["Content-Security-Policy"]) for _ in "12"]
    assert nonces[0] != nonces[1]


def test_the_session_cookie_is_out_of_reach_of_scripts() -> None:
    person = make_person("ana")
    person.set_password("correct horse battery")
    person.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": "ana", "password": "correct horse battery"})
    cookie = browser.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
