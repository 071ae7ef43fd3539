"""What ends somebody's right to be here. Each moves their inbox, so that every worker checks their sockets again."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from chat import access
from chat.actions.moderation import record
from chat.actions.streams import lock_inboxes
from chat.delivery.publish import publish
from chat.errors import NotAllowed, NotFound
from chat.models import User
from chat.payloads import changes


@transaction.atomic
def recheck(*, user_id: int) -> None:
    """Have every socket of the person checked again: a session ended, a password changed."""
    inbox = lock_inboxes([user_id])[user_id]
    prev, inbox.account_seq = inbox.advance()
    inbox.save(update_fields=["head", "account_seq"])
    publish([changes.account_changed(inbox, prev=prev)])


@transaction.atomic
def ban(*, person_id: int, user_id: int, reason: str) -> User:
    """Shut somebody out; again changes nothing. Staff only. Raises `NotAllowed`, `NotFound`."""
    actor, user = staff_and_target(person_id, user_id)
    if user.banned_at is None:
        user.banned_at, user.ban_reason, user.is_active = timezone.now(), reason, False
        user.save(update_fields=["banned_at", "ban_reason", "is_active"])
        record(actor=actor, action="person.ban", target=user.username, reason=reason)
        recheck(user_id=user_id)
    return user


@transaction.atomic
def set_active(*, person_id: int, user_id: int, active: bool) -> User:
    """Deactivate an account, or let it back in (which lifts a ban). Staff only. Raises `NotAllowed`, `NotFound`."""
    actor, user = staff_and_target(person_id, user_id)
    if user.is_active != active:
        user.is_active = active
        if active:
            user.banned_at, user.ban_reason = None, ""
        user.save(update_fields=["is_active", "banned_at", "ban_reason"])
        record(actor=actor, action="person.activate" if active else "person.deactivate", target=user.username)
        recheck(user_id=user_id)
    return user


@transaction.atomic
def end_session(*, user_id: int, session_key: str) -> None:
    """Sign a browser out: its session is gone and its sockets close."""
    Session.objects.filter(session_key=session_key).delete()
    recheck(user_id=user_id)


def staff_and_target(person_id: int, user_id: int) -> tuple[User, User]:
    """The one acting and the one acted on, locked. Raises `NotAllowed`, for oneself and for non-staff, `NotFound`."""
    actor = access.active_person(person_id)
    if not actor.is_staff or actor.pk == user_id:
        raise NotAllowed
    # Not against those who refer to the row: their messages, which hold locks that wait for none.
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    if user.is_superuser and not actor.is_superuser:
        raise NotAllowed
    return actor, user
