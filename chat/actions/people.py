"""Making accounts, and changing somebody else's as an administrator."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction

from chat import access
from chat.actions.accounts import recheck, staff_and_target
from chat.actions.memberships import join_room
from chat.actions.moderation import record
from chat.errors import Invalid, NotAllowed
from chat.models import Room, User

FIRST_ROOM = "general"


@transaction.atomic
def welcome(*, user_id: int) -> None:
    """Make a new person a member of the public room `general`, where there is one to join."""
    room = Room.objects.filter(slug=FIRST_ROOM, kind=Room.Kind.PUBLIC, archived_at=None).first()
    if room is not None:
        join_room(person_id=user_id, room_id=room.pk)


@transaction.atomic
def create_person(*, person_id: int, username: str, email: str, password: str) -> User:
    """Make an account for somebody; without a password they set one by a password reset. Staff only.

    The password is not checked. Raises `NotAllowed`, `Invalid` for a name that is taken or cannot be one.
    """
    actor = access.active_person(person_id)
    if not actor.is_staff:
        raise NotAllowed
    user = User(username=username.lower(), email=email.lower())
    user.set_password(password or None)
    _check(user)
    user.save()
    record(actor=actor, action="person.create", target=user.username)
    welcome(user_id=user.pk)
    return user


@transaction.atomic
def change_email(*, person_id: int, user_id: int, email: str) -> User:
    """Give somebody another e-mail address, not yet confirmed, or none. Staff only; of staff, superusers only.

    Raises `NotAllowed`, `NotFound`, `Invalid`.
    """
    actor, user = _staff_and_person(person_id, user_id)
    user.email = email.lower()
    _check(user)
    EmailAddress.objects.filter(user=user).delete()
    if user.email:
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    user.save(update_fields=["email"])
    record(actor=actor, action="person.email", target=user.username)
    return user


@transaction.atomic
def set_password(*, person_id: int, user_id: int, password: str) -> User:
    """Give somebody another password, which signs them out everywhere. Staff only; of staff, superusers only.

    The password is not checked. Raises `NotAllowed`, `NotFound`.
    """
    actor, user = _staff_and_person(person_id, user_id)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=actor, action="person.password", target=user.username)
    recheck(user_id=user_id)
    return user


@transaction.atomic
def set_rights(*, person_id: int, user_id: int, staff: bool, superuser: bool, permission_ids: Collection[int]) -> User:
    """Say what somebody may do in the administration. Superusers only, and not for themselves.

    Raises `NotAllowed`, `NotFound`.
    """
    actor, user = staff_and_target(person_id, user_id)
    if not actor.is_superuser:
        raise NotAllowed
    user.is_staff, user.is_superuser = staff, superuser
    user.save(update_fields=["is_staff", "is_superuser"])
    user.user_permissions.set(permission_ids)
    standing = "superuser" if superuser else "staff" if staff else "no staff"
    record(
        actor=actor,
        action="person.rights",
        target=user.username,
        reason=f"{standing}, {len(permission_ids)} permissions",
    )
    recheck(user_id=user_id)
    return user


def _staff_and_person(person_id: int, user_id: int) -> tuple[User, User]:
    # Whoever can change a colleague's password or address can act as them.
    actor, user = staff_and_target(person_id, user_id)
    if user.is_staff and not actor.is_superuser:
        raise NotAllowed
    return actor, user


def _check(user: User) -> None:
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as mistakes:
        raise Invalid(" ".join(mistakes.messages)) from None
