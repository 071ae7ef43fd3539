"""A person's rooms and the people in a room."""

from dataclasses import dataclass

from django.db.models import Q

from chat import access
from chat.models import Inbox, Membership, Room
from chat.payloads import rooms as payloads
from chat.protocol import shapes
from chat.queries.epoch import epoch


@dataclass(frozen=True, slots=True)
class Joined:
    """A person's active memberships at a position of their inbox."""

    epoch: str
    inbox: int
    rooms: list[shapes.JoinedRoom]


def joined_rooms(person_id: int) -> Joined:
    """The person's room list. The inbox's position is read first, so later changes only repeat what is here."""
    inbox = Inbox.objects.filter(pk=person_id).values_list("head", flat=True).first() or 0
    rows = Membership.objects.filter(user_id=person_id, state=Membership.State.ACTIVE).select_related("room")
    joined = [
        shapes.JoinedRoom(
            room=payloads.room(row.room),
            membership=payloads.membership(row, message_count=row.room.message_count),
        )
        for row in rows.order_by("room__name")
    ]
    return Joined(epoch=epoch(), inbox=inbox, rooms=joined)


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
    room, _ = access.room_for(person_id, room_id)
    rows = Membership.objects.filter(room=room, state=Membership.State.ACTIVE).select_related("user")
    return [payloads.member(row) for row in rows.order_by("user__username")]
