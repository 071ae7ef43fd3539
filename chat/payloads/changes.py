"""Rows to changes: the same event whether it is live, replayed or read from the database again."""

from chat.delivery.change import Change, StreamKey
from chat.models import Inbox, Membership, Room
from chat.payloads import rooms
from chat.protocol import codec, events, shapes


def message_changed(
    shape: shapes.Message, *, room: int, prev: int, message_count: int, seq: int | None = None, sent: bool = False
) -> Change:
    """A message was sent, edited, deleted or reacted to. `seq` is where the step leads, if not to the row's own."""
    seq = seq or shape.seq
    event = events.MessageChanged(room=room, prev=prev, seq=seq, message=shape)
    return Change(
        stream=StreamKey("room", room),
        prev=prev,
        seq=seq,
        text=codec.encode(event),
        message_count=message_count,
        settles=shape.author.id if sent else None,
        message=(shape.id, shape.number),
    )


def room_changed(room: Room, *, prev: int, seq: int | None = None) -> Change:
    """The room's details changed."""
    seq = seq or room.seq
    event = events.RoomChanged(room=room.pk, prev=prev, seq=seq, details=rooms.room(room))
    return Change(
        stream=StreamKey("room", room.pk),
        prev=prev,
        seq=seq,
        text=codec.encode(event),
        message_count=room.message_count,
        wide=True,
    )


def member_changed(membership: Membership, *, room: Room, prev: int, seq: int | None = None) -> Change:
    """Somebody's standing changed. One who may not read the room any more is revoked by this very change."""
    seq = seq or membership.room_seq
    event = events.MemberChanged(
        room=room.pk,
        prev=prev,
        seq=seq,
        member=rooms.member(membership),
        member_count=room.member_count,
    )
    return Change(
        stream=StreamKey("room", room.pk),
        prev=prev,
        seq=seq,
        text=codec.encode(event),
        message_count=room.message_count,
        revokes=(membership.user_id,) if rooms.is_hidden(room, membership) else (),
    )


def membership_changed(membership: Membership, *, room: Room, prev: int, seq: int | None = None) -> Change:
    """A person's own standing or read marker changed."""
    seq = seq or membership.seq
    event = membership_event(membership, room=room, prev=prev, seq=seq)
    return Change(
        stream=StreamKey("inbox", membership.user_id),
        prev=prev,
        seq=seq,
        text=codec.encode(event),
        standing=(room.pk, membership.active),
    )


def membership_event(membership: Membership, *, room: Room, prev: int, seq: int) -> events.MembershipChanged:
    """The event alone, for `inbox.open`."""
    return events.MembershipChanged(
        prev=prev,
        seq=seq,
        room=rooms.room_of(room, membership),
        membership=rooms.membership(membership, message_count=room.message_count),
    )


def account_changed(inbox: Inbox, *, prev: int, seq: int | None = None) -> Change:
    """A session ended or the account changed: every socket of the person is checked again."""
    seq = seq or inbox.account_seq
    event = events.AccountChanged(prev=prev, seq=seq)
    return Change(stream=StreamKey("inbox", inbox.pk), prev=prev, seq=seq, text=codec.encode(event), recheck=True)
