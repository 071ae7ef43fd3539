"""Who is behind a session cookie."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import Exists
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chat.models import User

# Databases bound the number of parameters of a query.
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Identity:
    """The person a session belongs to; `allowed` is false for a banned or deactivated account."""

    id: int
    name: str
    allowed: bool


def person_of(session_key: str) -> Identity | None:
    """The person signed in by this session; None where it ended, expired, or the password changed since.

    The same checks as `django.contrib.auth.get_user`, except that a disabled account is told from none.
    """
    data = session_data(session_key)
    return None if data is None else identity_of(session_key, data)


def session_data(session_key: str) -> dict[str, Any] | None:
    """What is in a session that somebody signed in with and that has not expired."""
    row = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).first()
    data = SessionStore().decode(row.session_data) if row is not None else {}
    return data if SESSION_KEY in data and BACKEND_SESSION_KEY in data else None


def identity_of(session_key: str, data: dict[str, Any]) -> Identity | None:
    """The person that the session's data names, if the session still exists and fits their password."""
    alive = Exists(Session.objects.filter(session_key=session_key))
    user = User.objects.filter(alive, pk=data[SESSION_KEY]).first()
    if user is None or not _hash_fits(user, str(data.get(HASH_SESSION_KEY, ""))):
        return None
    return Identity(id=user.pk, name=user.username, allowed=user.is_active)


def sessions_alive(session_keys: Iterable[str]) -> set[str]:
    """Those of the sessions that have neither ended nor expired."""
    keys, alive = list(session_keys), set[str]()
    for start in range(0, len(keys), CHUNK):
        rows = Session.objects.filter(session_key__in=keys[start : start + CHUNK], expire_date__gt=timezone.now())
        alive |= set(rows.values_list("session_key", flat=True))
    return alive


def _hash_fits(user: User, stored: str) -> bool:
    current = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored, each) for each in current)
