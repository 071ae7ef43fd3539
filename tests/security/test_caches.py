"""What depends on who is signed in says so to every cache on the way, whether somebody is or not."""

import pytest
from django.test import Client

from tests.architecture.test_headers import API, PERSONAL, PUBLIC, STAFF
from tests.builders import make_person, make_room

pytestmark = [pytest.mark.django_db, pytest.mark.urls("chatproject.urls")]

UNKNOWN = ["/rooms/nowhere/", "/api/rooms/999/messages", "/accounts/password/reset/done/"]


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("path", [*PERSONAL, *STAFF, *API, *PUBLIC, *UNKNOWN])
def test_an_answer_that_depends_on_the_session_varies_by_the_cookie(path: str, signed_in: bool) -> None:
    person = make_person("ana", staff=True)
    make_room(person)
    client = Client()
    if signed_in:
        client.force_login(person)
    response = client.get(path)
    assert "cookie" in {each.strip().lower() for each in response.headers.get("Vary", "").split(",")}
    if signed_in:
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"])
def test_a_page_that_gives_somebody_a_cookie_is_stored_nowhere(path: str) -> None:
    response = Client().get(path)
    assert "csrftoken" in response.cookies
    assert "no-store" in response["Cache-Control"]
