"""Who is behind a session cookie."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils.crypto import constant_time_compare

from chat.models import User
from chat.statements import arriving as statements


@dataclass(frozen=True, slots=True)
class Identity:
    """The person a session belongs to; `allowed` is false for a banned or deactivated account."""

    id: int
    name: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session says: who signed in, and what fitted their password then."""

    person_id: int
    password_hash: str


def person_of(session_key: str) -> Identity | None:
    """The person signed in by this session; None where it ended, expired, or the password changed since.

    The same checks as `django.contrib.auth.get_user`, except that a disabled account is told from none.
    """
    return people_of([session_key]).get(session_key)


def people_of(session_keys: Collection[str]) -> dict[str, Identity]:
    """The same for many sessions, in two queries."""
    return identities(signed_in(session_keys))


def signed_in(session_keys: Collection[str]) -> dict[str, SignedIn]:
    """What is in those of the sessions that somebody signed in with and that have not ended or expired."""
    signed = {}
    for key, encoded in statements.sessions(session_keys).items():
        data = SessionStore().decode(encoded)
        if SESSION_KEY in data and BACKEND_SESSION_KEY in data:
            signed[key] = SignedIn(int(data[SESSION_KEY]), str(data.get(HASH_SESSION_KEY, "")))
    return signed


def identities(signed: Mapping[str, SignedIn]) -> dict[str, Identity]:
    """The people that sessions name, if the session is still there and fits their password."""
    accounts = statements.accounts([(key, each.person_id) for key, each in signed.items()])
    return {
        key: Identity(id=account.id, name=account.username, allowed=account.is_active)
        for key, account in accounts.items()
        if _hash_fits(account, signed[key].password_hash)
    }


def _hash_fits(account: statements.Account, stored: str) -> bool:
    user = User(password=account.password)
    current = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(stored, each) for each in current)
