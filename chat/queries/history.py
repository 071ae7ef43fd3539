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
    return _page(person_id, room_id, _messages(room_id).order_by("-number")[:limit])


def page_before(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """The messages before a number. Raises `NotFound`."""
    return _page(person_id, room_id, _messages(room_id).filter(number__lt=number).order_by("-number")[:limit])


def page_after(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """The messages after a number. Raises `NotFound`."""
    return _page(person_id, room_id, _messages(room_id).filter(number__gt=number).order_by("number")[:limit])


def page_around(person_id: int, room_id: int, *, number: int, limit: int) -> Page:
    """A message with its neighbours, about as many before as after. Raises `NotFound`."""
    half = limit // 2
    older = _messages(room_id).filter(number__lt=number).order_by("-number")[:half]
    newer = _messages(room_id).filter(number__gte=number).order_by("number")[: limit - half]
    return _page(person_id, room_id, older, newer)


def newest_of(room: Room, *, limit: int) -> list[shapes.Message]:
    """The last messages that a room had when it was read, by number; the caller checks who asks, afterwards."""
    return _shapes(_messages(room.pk).filter(number__lte=room.message_count).order_by("-number")[:limit])


def _messages(room_id: int) -> QuerySet[Message]:
    return Message.objects.filter(room_id=room_id).select_related("author").prefetch_related("reactions__user")


def _page(person_id: int, room_id: int, *parts: QuerySet[Message]) -> Page:
    # Before, so that what a hidden room holds costs no time that would tell of it.
    access.room_for(person_id, room_id)
    messages = _shapes(*parts)
    room, _ = access.room_for(person_id, room_id)  # after the messages, see `access.reader_of`
    return Page(
        messages=messages,
        has_older=bool(messages) and messages[0].number > 1,
        has_newer=bool(messages) and messages[-1].number < room.message_count,
    )


def _shapes(*parts: QuerySet[Message]) -> list[shapes.Message]:
    rows = sorted((row for part in parts for row in part), key=lambda row: row.number)
    return [shape_of(row) for row in rows]
