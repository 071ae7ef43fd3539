"""What a client is shown when it opens or resumes a room."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, takewhile

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Length

from chat.database import snapshot
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

    All of it is of one moment: an edit that came later would be on a screen before messages that came before it.
    """
    with snapshot():
        room = _room(room_id)
        messages = newest_of(room, limit=settings.LIMITS.page_messages)
        return Newest(epoch=epoch(), room=rooms.room(room), floor=room.floor, messages=messages)


def messages_since(room_id: int, seq: int) -> Since:
    """The messages that changed after a position, a page of them. Raises `NotFound`. The caller checks who asks.

    A page is bounded in rows and in bytes, see `Limits.page_bytes`; what its text alone would overfill is not read.
    What moved on beyond the head while it was read is left to its change, which is yet to come.
    """
    room = _room(room_id)
    changed = Message.objects.filter(room=room, seq__gt=seq, seq__lte=room.head).order_by("seq")
    sizes = _sizes(changed, most=settings.LIMITS.catch_up_rows + 1)
    # Nothing has fewer bytes than characters. The last one is only there to tell that the stream goes on.
    likely = _fitting(settings.LIMITS.page_bytes, [size for _, size in sizes[: settings.LIMITS.catch_up_rows]])
    end = sizes[likely - 1][0] if likely < len(sizes) else room.head
    rows = changed.filter(seq__lte=end).select_related("author").prefetch_related("reactions__user")
    shown = [shape_of(row) for row in rows]
    fitting = _fitting(settings.LIMITS.page_bytes, [len(orjson.dumps(each, option=orjson.OPT_UTC_Z)) for each in shown])
    head = shown[fitting - 1].seq if fitting < len(shown) else end
    return Since(room=rooms.room(room), head=head, messages=shown[:fitting], more=head < room.head)


def _sizes(changed: QuerySet[Message], *, most: int) -> list[Pair]:
    """The seq and the characters of the first of them."""
    characters = Length("body") + Length("html")
    return list(changed.values_list("seq", characters)[:most])


def _fitting(most: int, sizes: list[int]) -> int:
    """How many of the first come to no more than so many bytes, and at least one."""
    return max(1, sum(1 for _ in takewhile(lambda size: size <= most, accumulate(sizes))))


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
