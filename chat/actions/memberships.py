"""Joining, leaving, inviting, removing, reading."""

from django.conf import settings
from django.db import transaction

from chat import access
from chat.actions.moderation import record
from chat.actions.streams import lock_inboxes
from chat.delivery.publish import publish
from chat.errors import NotAllowed, NotAMember, NotFound, RoomArchived, TooManyMemberships, UnknownPerson
from chat.models import Membership, Room, User
from chat.payloads import changes

State, Role = Membership.State, Membership.Role
ADD, REMOVE = "chat.add_membership", "chat.delete_membership"


@transaction.atomic
def join_room(*, person_id: int, room_id: int) -> tuple[Room, Membership]:
    """Become a member of a public room; a member already stays one.

    Raises `NotFound`, `RoomArchived`, `TooManyMemberships`.
    """
    person = access.active_person(person_id)
    room, membership = access.room_for(person_id, room_id, lock=True)
    if membership is not None and membership.active:
        return room, membership
    if room.archived:
        raise RoomArchived
    require_room_for_another(person)
    return room, stand(person, room, state=State.ACTIVE, role=Role.MEMBER)


@transaction.atomic
def leave_room(*, person_id: int, room_id: int) -> tuple[Room, Membership]:
    """End one's own membership; again changes nothing. Raises `NotFound`."""
    person = access.active_person(person_id)
    room = Room.objects.select_for_update().filter(pk=room_id).first()
    membership = Membership.objects.filter(user=person, room_id=room_id).first()
    if room is None or membership is None or membership.state == State.REMOVED:
        raise NotFound
    if not membership.active:
        return room, membership
    return room, stand(person, room, state=State.LEFT, role=Role.MEMBER)


@transaction.atomic
def invite(*, person_id: int, room_id: int, username: str) -> tuple[Room, Membership]:
    """Make somebody a member, by username. Members may invite; people once removed, only moderators and staff may.

    Raises `NotFound`, `NotAMember`, `RoomArchived`, `UnknownPerson`, `NotAllowed`, `TooManyMemberships`.
    """
    person = access.active_person(person_id)
    room, mine = access.room_for(person_id, room_id, lock=True)
    access.require_writer(room, mine)
    guest = User.objects.filter(username=username.strip().lstrip("@").lower(), is_active=True).first()
    if guest is None:
        raise UnknownPerson
    theirs = Membership.objects.filter(user=guest, room=room).select_related("user").first()
    if theirs is not None and theirs.active:
        return room, theirs
    if theirs is not None and theirs.state == State.REMOVED:
        access.require_moderator(mine, person, permission=ADD)
    require_room_for_another(guest, invited=True)
    return room, stand(guest, room, state=State.ACTIVE, role=Role.MEMBER)


@transaction.atomic
def remove_member(*, person_id: int, room_id: int, user_id: int, reason: str = "") -> tuple[Room, Membership]:
    """Put somebody out of a room for good; again changes nothing. Owners are removed by staff only.

    Raises `NotFound`, `NotAllowed`.
    """
    person = access.active_person(person_id)
    administers = access.administers(person, REMOVE)
    if administers:
        room = _room_as_staff(room_id)
    else:
        room, mine = access.room_for(person_id, room_id, lock=True)
        access.require_moderator(mine, person, permission=REMOVE)
    theirs = Membership.objects.filter(user_id=user_id, room=room).select_related("user").first()
    if theirs is None:
        raise NotFound
    if theirs.state == State.REMOVED:
        return room, theirs
    if theirs.active and theirs.role == Role.OWNER and not administers:
        raise NotAllowed("Only an administrator can remove the owner of a room.")
    record(actor=person, action="member.remove", target=f"{theirs.user.username} in {room.slug}", reason=reason)
    return room, stand(theirs.user, room, state=State.REMOVED, role=Role.MEMBER)


@transaction.atomic
def set_role(*, person_id: int, room_id: int, user_id: int, role: Membership.Role) -> tuple[Room, Membership]:
    """Give a member another role; staff only. Raises `NotAllowed`, `NotFound`."""
    person = access.active_person(person_id)
    if not person.is_staff:
        raise NotAllowed
    room = _room_as_staff(room_id)
    theirs = Membership.objects.filter(user_id=user_id, room=room, state=State.ACTIVE).select_related("user").first()
    if theirs is None:
        raise NotFound
    if theirs.role == role:
        return room, theirs
    record(actor=person, action=f"member.role.{role}", target=f"{theirs.user.username} in {room.slug}")
    return room, stand(theirs.user, room, state=State.ACTIVE, role=role)


@transaction.atomic
def add_as_staff(*, person_id: int, room_id: int, user_id: int, role: Membership.Role) -> tuple[Room, Membership]:
    """Make anyone a member of any room; staff only. Raises `NotAllowed`, `NotFound`, `UnknownPerson`."""
    person = access.active_person(person_id)
    if not person.is_staff:
        raise NotAllowed
    room = _room_as_staff(room_id)
    guest = User.objects.filter(pk=user_id, is_active=True).first()
    if guest is None:
        raise UnknownPerson
    record(actor=person, action="member.add", target=f"{guest.username} in {room.slug}")
    return room, stand(guest, room, state=State.ACTIVE, role=role)


@transaction.atomic
def set_read(*, person_id: int, room_id: int, number: int) -> tuple[Room, Membership]:
    """Move one's read marker forward, at most to the newest message; back has no effect.

    Raises `NotFound`, `NotAMember`.
    """
    access.active_person(person_id)
    inbox = lock_inboxes([person_id])[person_id]
    room, membership = access.room_for(person_id, room_id)
    if membership is None or not membership.active:
        raise NotAMember
    number = min(number, room.message_count)
    if number > membership.last_read_number:
        prev, membership.seq = inbox.advance()
        membership.last_read_number = number
        inbox.save(update_fields=["head"])
        membership.save(update_fields=["last_read_number", "seq"])
        publish([changes.membership_changed(membership, room=room, prev=prev)])
    return room, membership


@transaction.atomic
def stand(person: User, room: Room, *, state: Membership.State, role: Membership.Role) -> Membership:
    """Give somebody a standing in a locked room: both streams move, and both audiences hear of it.

    Somebody who becomes a member starts with everything read: what was said before is history, not news.
    """
    inbox = lock_inboxes([person.pk])[person.pk]
    membership = Membership.objects.filter(user=person, room=room).first()
    was_active = membership is not None and membership.active
    if membership is None:
        membership = Membership(user=person, room=room, last_read_number=room.message_count)
    elif not was_active and state == State.ACTIVE:
        membership.last_read_number = room.message_count
    membership.user, membership.state, membership.role = person, state, role
    inbox_prev, membership.seq = inbox.advance()
    room_prev, membership.room_seq = room.advance()
    room.member_count += (state == State.ACTIVE) - was_active
    inbox.save(update_fields=["head"])
    room.save(update_fields=["head", "member_count"])
    membership.save()
    publish(
        [
            changes.member_changed(membership, room=room, prev=room_prev),
            changes.membership_changed(membership, room=room, prev=inbox_prev),
        ]
    )
    return membership


def require_room_for_another(person: User, *, invited: bool = False) -> None:
    """Raise `TooManyMemberships` where the person, whose inbox is locked from here on, is a member of enough rooms."""
    lock_inboxes([person.pk])
    most = settings.LIMITS.person_rooms
    if invited:
        # The rest is theirs: others cannot keep anybody from joining a room.
        most = most * 4 // 5
    if Membership.objects.filter(user=person, state=State.ACTIVE).count() < most:
        return
    raise TooManyMemberships(f"{person.username} is a member of too many rooms to be invited." if invited else None)


def _room_as_staff(room_id: int) -> Room:
    room = Room.objects.select_for_update().filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room
