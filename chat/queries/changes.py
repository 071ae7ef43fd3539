"""Everything that changed in a stream since a position: the answer to every kind of missed delivery."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chat.delivery.change import Change, StreamKey
from chat.models import Canary, Inbox, Membership, Message, Room
from chat.payloads import canary, changes
from chat.payloads.messages import message as shape_of

PAGE = 500
# Databases bound the number of parameters of a query.
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Missed:
    """The changes after a position, each row once and as it is now, chained from it to `head`.

    `more` tells that they end before the stream does. A row that moves while this is read is left out, for its own
    change is yet to come; the last change then leads past its row's seq, to `head`, all the same.
    """

    head: int
    changes: list[Change]
    more: bool


def heads(streams: Iterable[StreamKey]) -> dict[StreamKey, int]:
    """The positions of the streams in the database; a stream that is gone is missing."""
    wanted = list(streams)
    found: dict[StreamKey, int] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _heads(wanted[start : start + CHUNK])
    return found


def _heads(streams: list[StreamKey]) -> dict[StreamKey, int]:
    room_ids = [stream.id for stream in streams if stream.kind == "room"]
    people = [stream.id for stream in streams if stream.kind == "inbox"]
    canaries = [stream.id for stream in streams if stream.kind == "canary"]
    rooms = Room.objects.filter(pk__in=room_ids).values_list("pk", "head") if room_ids else ()
    inboxes = Inbox.objects.filter(pk__in=people).values_list("pk", "head") if people else ()
    # A person to whom nothing happened yet has no inbox row, but an inbox at 0.
    found = {StreamKey("inbox", pk): 0 for pk in people}
    found |= {StreamKey("inbox", pk): head for pk, head in inboxes}
    found |= {StreamKey("room", pk): head for pk, head in rooms}
    if canaries:
        found |= {StreamKey("canary", row.pk): row.head for row in Canary.objects.filter(pk__in=canaries)}
    return found


def changes_since(stream: StreamKey, seq: int, *, limit: int = PAGE) -> Missed:
    """What the stream's subscribers missed after `seq`, at most about `limit` rows.

    The position is read before the rows, and rows that moved beyond it meanwhile are left out: so the answer is
    complete up to `head` without a transaction around it.
    """
    match stream.kind:
        case "room":
            return _room_changes(stream.id, seq, limit=limit)
        case "inbox":
            return _inbox_changes(stream.id, seq)
        case "canary":
            return _canary_changes(stream.id, seq)


Build = Callable[[int, int], Change]
Step = tuple[int, Build]


def _room_changes(room_id: int, seq: int, *, limit: int) -> Missed:
    room = Room.objects.filter(pk=room_id).first()
    if room is None or room.head <= seq:
        return Missed(head=seq, changes=[], more=False)
    messages = list(
        Message.objects.filter(room=room, seq__gt=seq, seq__lte=room.head)
        .select_related("author")
        .prefetch_related("reactions__user")
        .order_by("seq")[: limit + 1]
    )
    memberships = Membership.objects.filter(room=room, room_seq__gt=seq, room_seq__lte=room.head)
    more = len(messages) > limit
    head = messages[limit - 1].seq if more else room.head
    steps: list[Step] = [(row.seq, _message_step(row, room)) for row in messages[:limit]]
    steps += [(row.room_seq, _member_step(row, room)) for row in memberships.select_related("user")]
    if seq < room.seq:
        steps.append((room.seq, lambda prev, seq: changes.room_changed(room, prev=prev, seq=seq)))
    return Missed(head=head, changes=_chained(steps, since=seq, head=head), more=more)


def _message_step(row: Message, room: Room) -> Build:
    return lambda prev, seq: changes.message_changed(
        shape_of(row), room=room.pk, prev=prev, seq=seq, message_count=room.message_count
    )


def _member_step(row: Membership, room: Room) -> Build:
    return lambda prev, seq: changes.member_changed(row, room=room, prev=prev, seq=seq)


def _inbox_changes(user_id: int, seq: int) -> Missed:
    inbox = Inbox.objects.filter(pk=user_id).first()
    if inbox is None or inbox.head <= seq:
        return Missed(head=seq, changes=[], more=False)
    rows = Membership.objects.filter(user_id=user_id, seq__gt=seq, seq__lte=inbox.head).select_related("room")
    steps: list[Step] = [(row.seq, _membership_step(row)) for row in rows]
    if inbox.account_seq > seq:
        steps.append((inbox.account_seq, lambda prev, seq: changes.account_changed(inbox, prev=prev, seq=seq)))
    return Missed(head=inbox.head, changes=_chained(steps, since=seq, head=inbox.head), more=False)


def _canary_changes(canary_id: int, seq: int) -> Missed:
    row = Canary.objects.filter(pk=canary_id).first()
    if row is None or row.head <= seq:
        return Missed(head=seq, changes=[], more=False)
    return Missed(head=row.head, changes=[canary.sung(row, prev=seq)], more=False)


def _membership_step(row: Membership) -> Build:
    return lambda prev, seq: changes.membership_changed(row, room=row.room, prev=prev, seq=seq)


def _chained(steps: list[Step], *, since: int, head: int) -> list[Change]:
    kept = sorted((step for step in steps if step[0] <= head), key=lambda step: step[0])
    ends = [seq for seq, _ in kept[:-1]] + [head]
    starts = [since, *ends]
    return [build(prev, seq) for (_, build), prev, seq in zip(kept, starts, ends, strict=False)]
