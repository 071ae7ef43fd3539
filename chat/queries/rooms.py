"""A person's rooms and the people in a room."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from chat import access
from chat.models import Membership, Room
from chat.payloads import rooms as payloads
from chat.protocol import shapes
from chat.queries.epoch import epoch
from chat.statements.arriving import MembershipRow, RoomRow, inboxes


@dataclass(frozen=True, slots=True)
class Joined:
    """A person's active memberships at a position of their inbox."""

    epoch: str
    inbox: int
    rooms: list[shapes.JoinedRoom]


def joined_rooms(person_id: int) -> Joined:
    """The person's room list. Position and rooms are of one moment, so later changes are all after it."""
    return joined_by([person_id])[person_id]


def joined_by(person_ids: Collection[int]) -> dict[int, Joined]:
    """The same for many people, in one query."""
    known = epoch()
    return {
        person_id: Joined(epoch=known, inbox=rows.head, rooms=[_joined(*each) for each in rows.joined])
        for person_id, rows in inboxes(person_ids).items()
    }


def _joined(room: RoomRow, membership: MembershipRow) -> shapes.JoinedRoom:
    return shapes.JoinedRoom(
        room=payloads.room(room), membership=payloads.membership(membership, message_count=room.message_count)
    )


def first_room_slug(person_id: int) -> str | None:
    """Where to begin: the joined room with the most recent news."""
    rows = Membership.objects.filter(user_id=person_id, state=Membership.State.ACTIVE)
    return rows.order_by("-last_read_number", "room_id").values_list("room__slug", flat=True).first()


def visible_rooms(person_id: int) -> list[shapes.Room]:
    """Every room the person may open, archived ones last."""
    hidden = Membership.objects.filter(user_id=person_id, state=Membership.State.REMOVED).values("room_id")
    mine = Membership.objects.filter(user_id=person_id, state=Membership.State.ACTIVE).values("room_id")
    rows = Room.objects.filter(Q(kind=Room.Kind.PUBLIC) | Q(pk__in=mine)).exclude(pk__in=hidden)
    return [payloads.room(row) for row in sorted(rows, key=lambda row: (row.archived, row.name))]


def members(person_id: int, room_id: int) -> list[shapes.Member]:
    """The active members of a room, by name. Raises `NotFound`."""
    # Before, so that a hidden room costs no more than an unknown one.
    room, _ = access.room_for(person_id, room_id)
    rows = Membership.objects.filter(room=room, state=Membership.State.ACTIVE).select_related("user")
    found = [payloads.member(row) for row in rows.order_by("user__username")]
    access.reader_of(person_id, room)  # after them, see there
    return found
