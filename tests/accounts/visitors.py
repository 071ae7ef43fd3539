"""Browsers of people, and what they see."""

import re
from typing import Any

from django.test import Client

from chat.models import Inbox, User
from chat.queries.identity import person_of

PASSWORD = "a-heron-in-the-reeds"


def make_account(name: str, **fields: Any) -> User:
    """Somebody who can sign in with `PASSWORD`."""
    return User.objects.create_user(username=name, email=f"{name}@example.org", password=PASSWORD, **fields)


def sign_in(name: str, password: str = PASSWORD) -> Client:
    """A browser in which somebody tried to sign in."""
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    """Whether the sockets of this browser would be let in."""
    key = client.session.session_key
    person = person_of(key) if key else None
    return person is not None and person.allowed


def account_seq(user: User) -> int:
    """The position of the person's inbox at which all their sockets are checked again."""
    return Inbox.objects.filter(pk=user.pk).values_list("account_seq", flat=True).first() or 0


def without_tokens(page: bytes) -> str:
    """The page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
