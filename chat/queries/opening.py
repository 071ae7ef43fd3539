"""What a client is shown when it opens or resumes a room."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, takewhile

import orjson
from django.conf import settings

from chat.errors import NotFound
from chat.models import Membership, Message, Room
from chat.payloads import rooms
from chat.payloads.messages import message as shape_of
from chat.protocol import shapes
from chat.queries.epoch import epoch
from chat.queries.history import newest_of

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Newest:
    """A room at its position `room.head` of the epoch, and its newest page."""

    epoch: str
    room: shapes.Room
    floor: int
    messages: list[shapes.Message]


@dataclass(frozen=True, slots=True)
class Since:
    """A room, and messages by seq that lead a copy to `head`; `more` if the stream goes on."""

    room: shapes.Room
    head: int
    messages: list[shapes.Message]
    more: bool


def newest(room_id: int) -> Newest:
    """The newest page. Raises `NotFound`. The caller checks who asks, afterwards.

    The position is read before the messages: one sent meanwhile is left to its change, which is yet to come; one that
    changed meanwhile is shown as it is now, and its change repeats it.
    """
    room = _room(room_id)
    messages = newest_of(room, limit=settings.LIMITS.page_messages)
    return Newest(epoch=epoch(), room=rooms.room(room), floor=room.floor, messages=messages)


def messages_since(room_id: int, seq: int) -> Since:
    """The messages that changed after a position, a page of them. Raises `NotFound`. The caller checks who asks.

    A page is bounded in rows and in bytes, see `Limits.page_bytes`.
    What moved on beyond the head while it was read is left to its change, which is yet to come.
    """
    room = _room(room_id)
    limit = settings.LIMITS.catch_up_rows
    rows = list(
        Message.objects.filter(room=room, seq__gt=seq, seq__lte=room.head)
        .select_related("author")
        .prefetch_related("reactions__user")
        .order_by("seq")[: limit + 1]
    )
    messages = _within(settings.LIMITS.page_bytes, [shape_of(row) for row in rows[:limit]])
    more = len(messages) < len(rows)
    return Since(room=rooms.room(room), head=messages[-1].seq if more else room.head, messages=messages, more=more)


def _within(most: int, messages: list[shapes.Message]) -> list[shapes.Message]:
    """The first messages that come to no more than so many bytes, and at least one."""
    sizes = accumulate(len(orjson.dumps(each, option=orjson.OPT_UTC_Z)) for each in messages)
    fitting = sum(1 for _ in takewhile(lambda size: size <= most, sizes))
    return messages[: max(1, fitting)]


def memberships_of(pairs: Iterable[Pair]) -> dict[Pair, Membership]:
    """The memberships that people ever had in rooms, by person and room: one query for many who ask."""
    wanted = set(pairs)
    people, room_ids = {person for person, _ in wanted}, {room for _, room in wanted}
    rows = Membership.objects.filter(user_id__in=people, room_id__in=room_ids)
    return {(row.user_id, row.room_id): row for row in rows if (row.user_id, row.room_id) in wanted}


def _room(room_id: int) -> Room:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound
    return room
