"""What each client had on screen, rebuilt from the history."""

from bisect import bisect_right
from dataclasses import dataclass, field
from math import inf

from chaos.oracle.history import Change, Displayed, History, Marked, Row


@dataclass
class Span:
    """A time in which a client followed a room; `end` is infinite where it still does."""

    start: float
    end: float = inf


@dataclass
class Showing:
    """What a client showed of a room from one emptying of its view to the next, or to the end of the run."""

    client: str
    room: int
    owed: int = 1
    """The first number it must hold."""
    whole: int = 0
    """The position of the room's stream up to which it was whole when it was left or emptied; 0: nothing is known."""
    at: float = 0.0
    """When that was."""
    rows: dict[int, Row] = field(default_factory=dict)
    """By message id: the state shown last."""
    displays: list[Displayed] = field(default_factory=list)


@dataclass
class View:
    """One client's view of one room over the run."""

    showings: list[Showing]
    """One after the other, never none."""
    spans: list[Span] = field(default_factory=list)

    @property
    def last(self) -> Showing:
        """What it shows at the end."""
        return self.showings[-1]

    @property
    def followed(self) -> bool:
        """Whether the client still follows the room at the end."""
        return bool(self.spans) and self.spans[-1].end == inf

    def followed_from(self, start: float, end: float) -> bool:
        """Whether the client followed the room all that time."""
        index = bisect_right(self.spans, start, key=lambda span: span.start) - 1
        return index >= 0 and end <= self.spans[index].end


def rebuild(history: History) -> dict[tuple[str, int], View]:
    """Every client's view of every room it ever opened or displayed something in."""
    views: dict[tuple[str, int], View] = {}
    for event in history.events:
        if isinstance(event, Displayed):
            showing = _view(views, event.client, event.row.room).last
            showing.displays.append(event)
            showing.rows[event.row.id] = event.row
        elif isinstance(event, Marked):
            _mark(_view(views, event.client, event.room), event)
    return views


def _view(views: dict[tuple[str, int], View], client: str, room: int) -> View:
    view = views.get((client, room))
    if view is None:
        view = views[client, room] = View([Showing(client, room)])
    return view


def _mark(view: View, event: Marked) -> None:
    if event.change in (Change.AWAY, Change.RESET) and event.whole != view.last.whole:
        view.last.whole, view.last.at = event.whole, event.at
    if event.change is Change.AWAY:
        if view.followed:
            view.spans[-1].end = event.at
        return
    if not view.followed:
        view.spans.append(Span(event.at))
    if event.change in (Change.OPENED, Change.RESET):
        view.showings.append(Showing(event.client, event.room, owed=event.owed))
