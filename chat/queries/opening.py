"""What a client is shown when it opens or resumes a room."""

from dataclasses import dataclass

from django.conf import settings

from chat import access
from chat.errors import NotFound
from chat.models import Membership, Message, Room
from chat.payloads import rooms
from chat.payloads.messages import message as shape_of
from chat.protocol import shapes
from chat.protocol.commands import Cursor
from chat.queries.epoch import epoch
from chat.queries.history import newest_of


@dataclass(frozen=True, slots=True)
class Opening:
    """A room at a position: `messages` lead the client's copy to `head`; `next` is set when there is more to ask."""

    room: shapes.Room
    membership: shapes.Membership | None
    epoch: str
    head: int
    messages: list[shapes.Message]
    reset: bool
    has_more: bool
    next: int | None


def open_room(person_id: int, room_id: int, *, since: Cursor | None) -> Opening:
    """The changes since a cursor, or a reset with the newest page where there is no way on from it.

    The position is read with the room, before the messages; a message that moved meanwhile is shown as it is now, and
    its change, which is yet to come, repeats it. Raises `NotFound`.
    """
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound
    current = epoch()
    resumable = (
        since is not None
        and since.epoch == current
        and room.floor <= since.seq <= room.head
        and room.head - since.seq <= settings.LIMITS.catch_up_span
    )
    if since is None or not resumable:
        return _reset(person_id, room, current)
    limit = settings.LIMITS.catch_up_rows
    rows = list(
        Message.objects.filter(room=room, seq__gt=since.seq)
        .select_related("author")
        .prefetch_related("reactions__user")
        .order_by("seq")[: limit + 1]
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return Opening(
        room=rooms.room(room),
        membership=_own(access.reader_of(person_id, room), room),
        epoch=current,
        head=rows[-1].seq if more else room.head,
        messages=[shape_of(row) for row in rows],
        reset=False,
        has_more=False,
        next=rows[-1].seq if more else None,
    )


def _reset(person_id: int, room: Room, current: str) -> Opening:
    messages = newest_of(room, limit=settings.LIMITS.page_messages)
    return Opening(
        room=rooms.room(room),
        membership=_own(access.reader_of(person_id, room), room),
        epoch=current,
        head=room.head,
        messages=messages,
        reset=True,
        has_more=bool(messages) and messages[0].number > 1,
        next=None,
    )


def _own(membership: Membership | None, room: Room) -> shapes.Membership | None:
    return None if membership is None else rooms.membership(membership, message_count=room.message_count)
