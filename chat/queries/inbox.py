from chat.models import Inbox, Membership
from chat.payloads.changes import membership_event
from chat.protocol.commands import Cursor
from chat.protocol.replies import InboxOpened
from chat.queries.epoch import epoch


def open_inbox(person_id: int, *, since: Cursor | None) -> InboxOpened:
    """The person's memberships that changed since a cursor; all that are active where there is no way on from it."""
    current = epoch()
    inbox = Inbox.objects.filter(pk=person_id).first() or Inbox(user_id=person_id)
    resumable = since is not None and since.epoch == current and inbox.floor <= since.seq <= inbox.head
    rows = Membership.objects.filter(user_id=person_id, seq__lte=inbox.head).select_related("room").order_by("seq")
    if since is not None and resumable:
        rows, prev = rows.filter(seq__gt=since.seq), since.seq
    else:
        rows, prev = rows.filter(state=Membership.State.ACTIVE), 0
    events = []
    for row in rows:
        events.append(membership_event(row, room=row.room, prev=prev, seq=row.seq))
        prev = row.seq
    return InboxOpened(epoch=current, head=inbox.head, changes=events, reset=not resumable)
