"""The page tells nothing of rooms: neither whether there is one nor what it is called."""

import re

import pytest
from django.test import Client

from chat.models import Room, User
from tests.builders import make_person, make_room, say

pytestmark = [pytest.mark.django_db, pytest.mark.urls("chatproject.urls")]


def shown(person: User, slug: str) -> tuple[int, str]:
    """What the page of a room is, but for its address and what differs each time."""
    client = Client()
    client.force_login(person)
    answer = client.get(f"/rooms/{slug}/")
    tokens = r'nonce="[^"]+"|"(?:csrf|now)": "[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"'
    return answer.status_code, re.sub(tokens, "", answer.content.decode()).replace(slug, "SLUG")


def test_a_hidden_room_and_an_unknown_one_have_the_same_page() -> None:
    ana, eve = make_person("ana"), make_person("eve")
    hidden = make_room(ana, "merger", kind=Room.Kind.PRIVATE)
    say(ana, hidden, "nobody else may know")
    assert shown(eve, "merger") == shown(eve, "nothing")


def test_without_a_session_every_room_leads_to_signing_in() -> None:
    make_room(make_person("ana"), "merger", kind=Room.Kind.PRIVATE)
    answers = [Client().get(f"/rooms/{slug}/") for slug in ("merger", "nothing")]
    assert [each.status_code for each in answers] == [302, 302]
    assert [each["Location"] for each in answers] == [
        f"/accounts/login/?next=/rooms/{slug}/" for slug in ("merger", "nothing")
    ]
