"""Taking the locks under which streams move."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from chat.models import Inbox, Message, Room
from chat.statements.lists import is_postgresql


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The streams that an action moves: this room's, or the room's of this message, and this person's inbox."""

    room: int | None = None
    message: int | None = None
    inbox: int | None = None


def lock_together(moves: Collection[Moves]) -> None:
    """Lock everything that several actions of one transaction will, rooms before inboxes and each kind by id.

    Actions alone lock in this order too, but one after another they would not; and two transactions that wait for each
    other wait until PostgreSQL looks for deadlocks, after a second. What is not there is not locked. SQLite has one
    lock, taken when the transaction begins.
    """
    if not is_postgresql():
        return
    rooms = {each.room for each in moves if each.room is not None}
    messages = {each.message for each in moves if each.message is not None}
    inboxes = {each.inbox for each in moves if each.inbox is not None}
    if rooms or messages:
        wanted = Q(pk__in=rooms) | Q(pk__in=Message.objects.filter(pk__in=messages).values("room_id"))
        list(Room.objects.select_for_update().filter(wanted).order_by("pk").values_list("pk"))
    if inboxes:
        _locked(sorted(inboxes))


def lock_inboxes(user_ids: Iterable[int]) -> dict[int, Inbox]:
    """The people's inboxes, locked in the order of their ids, made where there is none yet."""
    wanted = sorted(set(user_ids))
    found = _locked(wanted)
    missing = [user_id for user_id in wanted if user_id not in found]
    if missing:
        Inbox.objects.bulk_create([Inbox(user_id=user_id) for user_id in missing], ignore_conflicts=True)
        found = _locked(wanted)
    return found


def _locked(user_ids: list[int]) -> dict[int, Inbox]:
    rows = Inbox.objects.select_for_update().filter(pk__in=user_ids).order_by("pk")
    return {inbox.pk: inbox for inbox in rows}
