"""Pages of a room's history, by number."""

from typing import Annotated

from django.conf import settings
from django.http import HttpRequest
from ninja import Query

from chat.api.asking import Id, person_id
from chat.api.root import api
from chat.errors import Invalid
from chat.queries import history
from chat.queries.history import Page

Number = Annotated[int | None, Query(ge=0, le=2**53 - 1)]


@api.get("/rooms/{int:room_id}/messages")
def page(
    request: HttpRequest,
    room_id: Id,
    before: Number = None,
    after: Number = None,
    around: Number = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
) -> Page:
    """The newest messages, or those before, after or around a number; `limit` is capped at a page."""
    if sum(each is not None for each in (before, after, around)) > 1:
        raise Invalid("Ask for before, after or around, not for several.")
    asking = person_id(request)
    size = min(limit or settings.LIMITS.page_messages, settings.LIMITS.page_messages)
    if before is not None:
        return history.page_before(asking, room_id, number=before, limit=size)
    if after is not None:
        return history.page_after(asking, room_id, number=after, limit=size)
    if around is not None:
        return history.page_around(asking, room_id, number=around, limit=size)
    return history.page_newest(asking, room_id, limit=size)
