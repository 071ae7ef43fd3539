"""Taking the locks under which streams move."""

from collections.abc import Iterable

from chat.models import Inbox


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
