"""Pages of a room's messages, by number: keyset only, so that page 1,000 costs what page 1 costs."""

from dataclasses import dataclass

from django.db.models import QuerySet

from chat import access
from chat.models import Message, Room
from chat.payloads.messages import message as shape_of
from chat.protocol import shapes


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive messages by number, and whether there are others on either side."""

    messages: list[shapes.Message]
    has_older: bool
    has_newer: bool


def page_newest(person_id: int, room_id: int, *, limit: int) -> Page:
    """The last messages of a room. Raises `NotFound`."""
    room, _ = access.room_for(person_id, room_id)
    return _page(room, _messages(room).order_by("-number")[:limit])


def page_before(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """The messages before a number. Raises `NotFound`."""
    room, _ = access.room_for(person_id, room_id)
    return _page(room, _messages(room).filter(number__lt=number).order_by("-number")[:limit])


def page_after(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """The messages after a number. Raises `NotFound`."""
    room, _ = access.room_for(person_id, room_id)
    return _page(room, _messages(room).filter(number__gt=number).order_by("number")[:limit])


def page_around(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """A message with its neighbours, about as many before as after. Raises `NotFound`."""
    room, _ = access.room_for(person_id, room_id)
    half = limit // 2
    older = _messages(room).filter(number__lt=number).order_by("-number")[:half]
    newer = _messages(room).filter(number__gte=number).order_by("number")[: limit - half]
    return _page(room, older, newer)


def newest_of(room: Room, *, limit: int) -> list[shapes.Message]:
    """The last messages of a room whose reader was already checked, by number."""
    return _page(room, _messages(room).order_by("-number")[:limit]).messages


def _messages(room: Room) -> QuerySet[Message]:
    return Message.objects.filter(room=room).select_related("author").prefetch_related("reactions__user")


def _page(room: Room, *parts: QuerySet[Message]) -> Page:
    rows = sorted((row for part in parts for row in part), key=lambda row: row.number)
    return Page(
        messages=[shape_of(row) for row in rows],
        has_older=bool(rows) and rows[0].number > 1,
        has_newer=bool(rows) and rows[-1].number < room.message_count,
    )
