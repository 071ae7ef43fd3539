"""Who may see and do what. Every read and write loads its rows through the person asking, here."""

from typing import Protocol

from chat.errors import MessageDeleted, NotAllowed, NotAMember, NotFound, RoomArchived
from chat.models import Membership, Message, Room, User

# Looked for in place of an unknown message's room, so that it takes as long as a hidden one.
NO_ROOM = 0


class HasKind(Protocol):
    """What a room's rules depend on: its row, or the part of it that was read."""

    @property
    def kind(self) -> str: ...

    @property
    def archived(self) -> bool: ...


class HasState(Protocol):
    """What a person's rights in a room depend on; None where they never were a member."""

    @property
    def state(self) -> str | None: ...


def room_for(person_id: int, room_id: int, *, lock: bool = False) -> tuple[Room, Membership | None]:
    """A room the person may read, with their membership if they ever had one.

    Raises `NotFound` for unknown and hidden rooms alike, after as much work.
    """
    rooms = Room.objects.select_for_update() if lock else Room.objects.all()
    room = rooms.filter(pk=room_id).first()
    membership = Membership.objects.filter(user_id=person_id, room_id=room_id).first()
    if room is None or not can_read(room.kind, membership):
        raise NotFound
    return room, membership


def reader_of(person_id: int, room: Room) -> Membership | None:
    """The membership of somebody who may read the room, None where they need none. Raises `NotFound` for others.

    Whoever shows messages asks this after reading them: somebody put out meanwhile must not get what was said since.
    """
    membership = Membership.objects.filter(user_id=person_id, room_id=room.pk).first()
    if not can_read(room.kind, membership):
        raise NotFound
    return membership


def can_read(kind: str, membership: HasState | None) -> bool:
    """Public rooms are open to everyone who was not put out; private ones to their members."""
    state = membership.state if membership is not None else None
    if state == Membership.State.REMOVED:
        return False
    return state == Membership.State.ACTIVE or kind == Room.Kind.PUBLIC


def require_writer(room: HasKind, membership: HasState | None) -> None:
    """Raises `NotFound`, `NotAMember` or `RoomArchived` unless the person may write in the room."""
    if not can_read(room.kind, membership):
        raise NotFound
    if membership is None or membership.state != Membership.State.ACTIVE:
        raise NotAMember
    if room.archived:
        raise RoomArchived


def message_for(person_id: int, message_id: int) -> tuple[Message, Room, Membership]:
    """A message of a room the person may write in, with the room locked for the change.

    Raises `NotFound` for unknown and hidden ones alike, and what `require_writer` raises.
    """
    room_id = Message.objects.filter(pk=message_id).values_list("room_id", flat=True).first()
    room, membership = room_for(person_id, room_id or NO_ROOM, lock=True)
    require_writer(room, membership)
    message = Message.objects.select_related("author").get(pk=message_id)
    if membership is None:
        raise NotAMember
    return message, room, membership


def require_author(message: Message, person_id: int) -> None:
    """Raises `NotAllowed` for others' messages, `MessageDeleted` for tombstones."""
    if message.author_id != person_id:
        raise NotAllowed("Only its author can edit a message.")
    if message.deleted_at is not None:
        raise MessageDeleted


def require_moderator(membership: Membership | None, person: User, *, permission: str) -> None:
    """Raises `NotAllowed` unless the person moderates the room or `administers` it."""
    if (membership is None or not membership.moderates) and not administers(person, permission):
        raise NotAllowed


def administers(person: User, permission: str) -> bool:
    """Whether the person is staff with a permission of the administration: here it is worth as much as there."""
    return person.is_staff and person.has_perm(permission)


def active_person(person_id: int) -> User:
    """The account of somebody acting. Raises `NotAllowed` where it is banned, deactivated or gone."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotAllowed("This account may not be used any more.")
    return person
