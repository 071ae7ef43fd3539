"""Who is behind a session cookie."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
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
    session = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).first()
    if session is None:
        return None
    data = SessionStore().decode(session.session_data)
    user_id = data.get(SESSION_KEY)
    if user_id is None or data.get(BACKEND_SESSION_KEY) is None:
        return None
    user = User.objects.filter(pk=user_id).first()
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
