"""Making and changing rooms."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from chat import access
from chat.actions.memberships import require_room_for_another, stand
from chat.actions.moderation import record
from chat.delivery.publish import publish
from chat.errors import Invalid, NameTaken, NotFound
from chat.models import Membership, Room
from chat.payloads import changes
from chat.text import clean_name, slug_of

CHANGE = "chat.change_room"


@transaction.atomic
def create_room(*, person_id: int, name: str, topic: str, kind: Room.Kind, slug: str = "") -> tuple[Room, Membership]:
    """Make a room and become its owner.

    Raises `InvalidText`, `Invalid`, `NameTaken`, `NotAllowed`, `TooManyMemberships`.
    """
    person = access.active_person(person_id)
    name = _name(name)
    slug = slug_of(slug or name)
    require_room_for_another(person)
    try:
        with transaction.atomic():
            room = Room.objects.create(slug=slug, name=name, topic=_topic(topic), kind=kind, created_by=person)
    except IntegrityError:
        raise NameTaken from None
    membership = stand(person, room, state=Membership.State.ACTIVE, role=Membership.Role.OWNER)
    record(actor=person, action="room.create", target=room.slug)
    return room, membership


@transaction.atomic
def change_room(
    *,
    person_id: int,
    room_id: int,
    name: str | None = None,
    topic: str | None = None,
    archived: bool | None = None,
) -> Room:
    """Rename, describe, archive or reopen a room; what is None stays. Its moderators may, and staff with the right.

    Raises `NotFound`, `NotAllowed`, `InvalidText`, `Invalid`.
    """
    person = access.active_person(person_id)
    room = _room_to_change(person_id, room_id)
    before = (room.name, room.topic, room.archived)
    if name is not None:
        room.name = _name(name)
    if topic is not None:
        room.topic = _topic(topic)
    if before[:2] != (room.name, room.topic):
        record(actor=person, action="room.change", target=room.slug)
    if archived is not None and archived != (room.archived):
        room.archived_at = timezone.now() if archived else None
        record(actor=person, action="room.archive" if archived else "room.reopen", target=room.slug)
    if before != (room.name, room.topic, room.archived):
        prev, room.seq = room.advance()
        room.save(update_fields=["name", "topic", "archived_at", "seq", "head"])
        publish([changes.room_changed(room, prev=prev)])
    return room


def _room_to_change(person_id: int, room_id: int) -> Room:
    person = access.active_person(person_id)
    if access.administers(person, CHANGE):
        room = Room.objects.select_for_update().filter(pk=room_id).first()
        if room is None:
            raise NotFound
        return room
    room, membership = access.room_for(person_id, room_id, lock=True)
    access.require_moderator(membership, person, permission=CHANGE)
    return room


def _name(raw: str) -> str:
    name = clean_name(raw, limit=settings.LIMITS.name_length)
    if not name:
        raise Invalid("A room needs a name.")
    return name


def _topic(raw: str) -> str:
    return clean_name(raw, limit=settings.LIMITS.topic_length)
