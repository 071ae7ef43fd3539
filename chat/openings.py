"""Opening rooms at little cost: what was read or told lately is not read again."""

import asyncio
from dataclasses import dataclass, replace
from typing import cast

from django.conf import settings
from orjson import Fragment

from chat import access
from chat.delivery.change import Change
from chat.delivery.feed import Feed
from chat.errors import NotFound, Unavailable
from chat.gathering import Gathering
from chat.models import Membership
from chat.pages import Page, Pages
from chat.payloads.rooms import membership as shape_of
from chat.protocol import shapes
from chat.protocol.commands import Cursor
from chat.queries.opening import memberships_of, messages_since, newest
from chat.reader import Reader

# Of two the second began after it was asked for.
READS = 2


@dataclass(frozen=True, slots=True)
class Opening:
    """A room at a position: `changes` lead the client's copy to `head`; `next` is set when there is more to ask for."""

    room: shapes.Room
    membership: shapes.Membership | None
    epoch: str
    head: int
    changes: list[shapes.Message]
    reset: bool
    has_more: bool
    next: int | None


class Openings:
    """Answers `room.open` from what the room's feed remembers, and reads what it does not, once for all who ask.

    What people who were away have missed is read by `catching_up`, which has one thread: a page of two hundred rows
    keeps Python busy for many milliseconds, and with several at once a transaction of the journal, which has to wait
    for Python after every answer of the database, holds its rooms' locks for seconds.
    """

    def __init__(self, reader: Reader, *, catching_up: Reader) -> None:
        self._reader, self._catching_up = reader, catching_up
        self._standings = Gathering(reader, memberships_of)
        self._pages = Pages()
        self._reading: dict[int, asyncio.Task[Page]] = {}

    async def open(self, feed: Feed, person_id: int, *, since: Cursor | None) -> Opening:
        """The room for a subscription that `feed` keeps changes for since before this call.

        The right to read is looked up last: somebody put out meanwhile gets nothing of what was said since. Raises
        `NotFound`, `Unavailable`.
        """
        page = await self._page(feed, since)
        opening = await self._resumed(feed, page, since) or _reset(page)
        membership = await self._standings.of((person_id, feed.stream.id))
        if not access.can_read(opening.room.kind, membership):
            raise NotFound
        return replace(opening, membership=_own(membership, opening.room))

    async def _page(self, feed: Feed, since: Cursor | None) -> Page:
        """The newest page, at the position that the feed has now or after it. Raises `Unavailable`.

        Nor is it behind the cursor of somebody whom another worker, which may be dead, told more than this one heard.
        """
        told, page = feed.head, self._level(feed)
        for _ in range(READS):
            if page is not None and not _is_behind(page, since):
                return page
            read = await self._read(feed.stream.id)
            page = self._level(feed)
        page = page or read
        if page.room.head < told:
            # Nothing is told before it is committed: an older backup was restored while we run.
            raise Unavailable("The database is behind what was told already.", retry_after=1.0)
        return page

    def _level(self, feed: Feed) -> Page | None:
        """The page that is kept, brought to the feed's position; None where there is none, or no way there."""
        page = self._pages.get(feed.stream.id)
        if page is None or page.room.head > feed.head:
            return page
        told = feed.since(page.room.head)
        if told is None or any(change.message is None for change in told):
            return None
        self._pages.advance(feed.stream.id, told)
        return page

    async def _read(self, room: int) -> Page:
        task = self._reading.get(room)
        if task is None:
            task = self._reading[room] = asyncio.create_task(self._read_once(room))
        return await asyncio.shield(task)

    async def _read_once(self, room: int) -> Page:
        try:
            page = Page.of(await self._reader.run(newest, room))
        finally:
            # Here and not when the task is seen to be done: that is a turn of the loop later.
            del self._reading[room]
        self._pages.keep(room, page)
        return page

    async def _resumed(self, feed: Feed, page: Page, since: Cursor | None) -> Opening | None:
        """What changed since the cursor, None where there is no way on from it."""
        head = max(page.room.head, feed.head)
        if since is None or since.epoch != page.epoch or not page.floor <= since.seq <= head:
            return None
        if head - since.seq > settings.LIMITS.catch_up_span:
            return None
        # A page behind the feed lacks what only the room's own changes told, which are not among the rows.
        rows = _latest(feed.since(since.seq)) if page.room.head >= feed.head else None
        if rows is not None and _is_one_page(rows):
            return _opening(page.room, page.epoch, head=feed.head, changes=[_encoded(row) for row in rows])
        read = await self._catching_up.run(messages_since, feed.stream.id, since.seq)
        return _opening(
            read.room, page.epoch, head=read.head, changes=read.messages, next=read.head if read.more else None
        )


def _is_behind(page: Page, since: Cursor | None) -> bool:
    return since is not None and since.epoch == page.epoch and since.seq > page.room.head


def _latest(told: list[Change] | None) -> list[bytes] | None:
    """Each message among the changes once, as it is now, by seq."""
    if told is None:
        return None
    last = {change.message: change for change in told if change.message is not None}
    return [change.row for change in sorted(last.values(), key=lambda change: change.seq)]


def _is_one_page(rows: list[bytes]) -> bool:
    return len(rows) <= settings.LIMITS.catch_up_rows and sum(map(len, rows)) <= settings.LIMITS.page_bytes


def _encoded(row: bytes) -> shapes.Message:
    """A message that is JSON already: orjson writes a fragment as it stands, so on the wire it is the same."""
    return cast(shapes.Message, Fragment(row))


def _reset(page: Page) -> Opening:
    numbers = sorted(page.rows)
    return _opening(
        page.room,
        page.epoch,
        head=page.room.head,
        changes=[_encoded(page.rows[number]) for number in numbers],
        reset=True,
        has_more=bool(numbers) and numbers[0] > 1,
    )


def _opening(
    room: shapes.Room,
    epoch: str,
    *,
    head: int,
    changes: list[shapes.Message],
    reset: bool = False,
    has_more: bool = False,
    next: int | None = None,
) -> Opening:
    return Opening(
        room=room,
        membership=None,
        epoch=epoch,
        head=head,
        changes=changes,
        reset=reset,
        has_more=has_more,
        next=next,
    )


def _own(membership: Membership | None, room: shapes.Room) -> shapes.Membership | None:
    return None if membership is None else shape_of(membership, message_count=room.message_count)
