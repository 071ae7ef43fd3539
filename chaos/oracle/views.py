"""What each client had on screen, rebuilt from the history."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from chaos.oracle.history import Change, Displayed, History, Marked, Row


@dataclass
class Span:
    """A time in which a client followed a room; `end` is infinite where it still does."""

    start: float
    end: float = inf


@dataclass
class View:
    """One client's view of one room at the end of the run."""

    client: str
    room: int
    owed: int = 1
    """The first number it must hold."""
    rows: dict[int, Row] = field(default_factory=dict)
    """By message id: the state shown last."""
    shown: list[Displayed] = field(default_factory=list)
    """Every display since the last time the view was emptied."""
    emptied: list[list[Displayed]] = field(default_factory=list)
    """What `shown` was before each emptying."""
    spans: list[Span] = field(default_factory=list)

    @property
    def followed(self) -> bool:
        """Whether the client still follows the room at the end."""
        return bool(self.spans) and self.spans[-1].end == inf

    def followed_from(self, start: float, end: float) -> bool:
        """Whether the client followed the room all that time."""
        index = bisect_right(self.spans, start, key=lambda span: span.start) - 1
        return index >= 0 and end <= self.spans[index].end

    def runs(self) -> Iterator[list[Displayed]]:
        """The displays between emptyings, each a run with one order of its own."""
        yield from self.emptied
        yield self.shown

    def numbers(self) -> list[int]:
        return sorted(row.number for row in self.rows.values())


def rebuild(history: History) -> dict[tuple[str, int], View]:
    """Every client's view of every room it ever opened or displayed something in."""
    views: dict[tuple[str, int], View] = {}
    for event in history.events:
        if isinstance(event, Displayed):
            view = views.setdefault((event.client, event.row.room), View(event.client, event.row.room))
            view.shown.append(event)
            view.rows[event.row.id] = event.row
        elif isinstance(event, Marked):
            _mark(views.setdefault((event.client, event.room), View(event.client, event.room)), event)
    return views


def _mark(view: View, event: Marked) -> None:
    if event.change is Change.AWAY:
        if view.followed:
            view.spans[-1].end = event.at
        return
    if not view.followed:
        view.spans.append(Span(event.at))
    if event.change in (Change.OPENED, Change.RESET):
        view.owed = event.owed
        view.emptied.append(view.shown)
        view.shown, view.rows = [], {}
