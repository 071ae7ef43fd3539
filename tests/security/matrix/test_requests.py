"""Every request of the HTTP API, by everybody, for every kind of room."""

import pytest
from django.test import Client

from chat.api.root import api
from tests.security.matrix.grid import drawn, promised
from tests.security.matrix.requests import ATTEMPTS, PERSONAL
from tests.security.matrix.scenes import KINDS, ROLES, Cast, make_scene

PROMISED = promised("Over HTTP")

pytestmark = [pytest.mark.django_db, pytest.mark.urls("chatproject.urls")]


def operations() -> set[str]:
    """What the API says of itself."""
    paths = api.get_openapi_schema(path_prefix="/api/")["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def browser(cast: Cast, role: str) -> Client:
    client = Client()
    client.force_login(cast.roles[role])
    return client


@pytest.mark.parametrize("verb", ATTEMPTS)
def test_a_request_is_answered_by_the_standing_of_who_asks(verb: str) -> None:
    cast = Cast.make()
    answers = {
        (kind, role): ATTEMPTS[verb](browser(cast, role), make_scene(cast, kind, role, verb=verb))
        for kind in KINDS
        for role in ROLES
    }
    assert drawn(answers) == PROMISED[verb]


@pytest.mark.parametrize("verb", ATTEMPTS)
def test_a_request_without_a_session_learns_nothing(verb: str) -> None:
    cast = Cast.make()
    method, path = verb.split()[:2]
    for kind in ("public", "private"):
        scene = make_scene(cast, kind, "member", verb=verb)
        address = path.format(room_id=scene.room.pk, user_id=cast.regular.pk)
        answer = Client().generic(method, address, b"{}", content_type="application/json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in")


@pytest.mark.parametrize("verb", [verb for verb in ATTEMPTS if not verb.startswith("GET")])
def test_a_request_without_the_csrf_token_changes_nothing(verb: str) -> None:
    cast = Cast.make()
    scene = make_scene(cast, "public", "owner", verb=verb)
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.person)
    assert ATTEMPTS[verb](client, scene) == "not_allowed"
    before = scene.room.head
    scene.room.refresh_from_db()
    assert scene.room.head == before


def test_no_request_is_left_out() -> None:
    assert {" ".join(attempt.split()[:2]) for attempt in ATTEMPTS} | PERSONAL == operations()
    assert ATTEMPTS.keys() == PROMISED.keys()
