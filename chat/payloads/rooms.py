from typing import cast

from chat.models import Membership, Room
from chat.payloads.people import person
from chat.protocol import shapes


def room(row: Room) -> shapes.Room:
    """A room as anyone who may see it sees it."""
    return shapes.Room(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        topic=row.topic,
        kind=cast(shapes.RoomKind, row.kind),
        archived=row.archived_at is not None,
        head=row.head,
        message_count=row.message_count,
        member_count=row.member_count,
    )


def membership(row: Membership, *, message_count: int) -> shapes.Membership:
    """A person's own standing; `unread` is arithmetic, so it cannot drift."""
    return shapes.Membership(
        room=row.room_id,
        state=cast(shapes.MemberState, row.state),
        role=cast(shapes.Role, row.role),
        last_read_number=row.last_read_number,
        unread=max(0, message_count - row.last_read_number),
    )


def member(row: Membership) -> shapes.Member:
    """Somebody's standing as the room sees it; the user must be loaded."""
    return shapes.Member(
        person=person(row.user),
        role=cast(shapes.Role, row.role),
        state=cast(shapes.MemberState, row.state),
    )
