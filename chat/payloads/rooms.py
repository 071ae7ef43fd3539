from typing import cast

from chat.models import Membership, Room
from chat.payloads.people import person
from chat.protocol import shapes
from chat.statements.arriving import MembershipRow, RoomRow


def room(row: Room | RoomRow) -> shapes.Room:
    """A room as anyone who may see it sees it."""
    return shapes.Room(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        topic=row.topic,
        kind=cast(shapes.RoomKind, row.kind),
        archived=row.archived,
        head=row.head,
        message_count=row.message_count,
        member_count=row.member_count,
    )


def is_hidden(row: Room, standing: Membership) -> bool:
    """Whether somebody who was a member may not read the room any more."""
    return standing.state == Membership.State.REMOVED or (row.kind == Room.Kind.PRIVATE and not standing.active)


def room_of(row: Room, standing: Membership) -> shapes.Room:
    """A room as somebody who is or was a member sees it: of one hidden from them, only what never changes."""
    if not is_hidden(row, standing):
        return room(row)
    return shapes.Room(
        id=row.pk,
        slug=row.slug,
        name=row.slug,
        topic="",
        kind=cast(shapes.RoomKind, row.kind),
        archived=False,
        head=0,
        message_count=0,
        member_count=0,
    )


def membership(row: Membership | MembershipRow, *, message_count: int) -> shapes.Membership:
    """A person's own standing; `unread` is arithmetic, so it cannot drift. Only a member has something to read."""
    return shapes.Membership(
        room=row.room_id,
        state=cast(shapes.MemberState, row.state),
        role=cast(shapes.Role, row.role),
        last_read_number=row.last_read_number,
        unread=max(0, message_count - row.last_read_number) if row.active else 0,
    )


def member(row: Membership) -> shapes.Member:
    """Somebody's standing as the room sees it; the user must be loaded."""
    return shapes.Member(
        person=person(row.user),
        role=cast(shapes.Role, row.role),
        state=cast(shapes.MemberState, row.state),
    )
