"""The newest pages of rooms, kept in memory."""

from dataclasses import dataclass, field, replace

import orjson
from django.conf import settings

from chat.delivery.change import Change
from chat.protocol import shapes
from chat.queries.opening import Newest

KEPT_ROOMS = 500
KEPT_BYTES = 33_554_432


@dataclass(slots=True)
class Page:
    """A room's newest page as it was at `room.head`: rows by number, encoded.

    `size` is what the rows come to, in bytes: no more than an answer may, unless there is but one.
    """

    epoch: str
    room: shapes.Room
    floor: int
    rows: dict[int, bytes]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self._shorten()

    @classmethod
    def of(cls, read: Newest) -> "Page":
        rows = {each.number: orjson.dumps(each, option=orjson.OPT_UTC_Z) for each in read.messages}
        return cls(epoch=read.epoch, room=read.room, floor=read.floor, rows=rows)

    def advance(self, changes: list[Change]) -> None:
        """Take in what was told since; all of them tell messages."""
        oldest = min(self.rows, default=1)
        for change in changes:
            if change.message is not None and change.message[1] >= oldest:
                self.rows[change.message[1]] = change.row
        self._shorten()
        if changes:
            self.room = replace(self.room, head=changes[-1].seq, message_count=changes[-1].message_count)

    def _shorten(self) -> None:
        self.size = sum(map(len, self.rows.values()))
        for number in sorted(self.rows)[:-1]:
            if len(self.rows) <= settings.LIMITS.page_messages and self.size <= settings.LIMITS.page_bytes:
                return
            self.size -= len(self.rows.pop(number))


class Pages:
    """Those read last: no more than `KEPT_ROOMS`, nor than `KEPT_BYTES` hold, but always the last one.

    `size` is what their rows come to, in bytes.
    """

    def __init__(self) -> None:
        self.size = 0
        self._pages: dict[int, Page] = {}

    def get(self, room: int) -> Page | None:
        """The room's page, None where none is kept."""
        return self._pages.get(room)

    def keep(self, room: int, page: Page) -> None:
        """Keep the page instead of the one before."""
        self._drop(room)
        self._pages[room] = page
        self.size += page.size
        self._make_room()

    def advance(self, room: int, changes: list[Change]) -> None:
        """Bring the room's page, which must be kept, to a later position."""
        page = self._pages[room]
        before = page.size
        page.advance(changes)
        self.size += page.size - before
        self._make_room()

    def _make_room(self) -> None:
        while len(self._pages) > 1 and (len(self._pages) > KEPT_ROOMS or self.size > KEPT_BYTES):
            self._drop(next(iter(self._pages)))

    def _drop(self, room: int) -> None:
        page = self._pages.pop(room, None)
        if page is not None:
            self.size -= page.size
