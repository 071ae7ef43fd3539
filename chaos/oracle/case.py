"""The evidence of a run, indexed for the checks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from math import inf

from chaos.oracle.history import Altered, Answered, Displayed, History, Invoked, Outcome, Received, Row, Settled
from chaos.oracle.ledger import Ledger
from chaos.oracle.views import Showing, View, rebuild


@dataclass(frozen=True)
class Case:
    """The history and the rows, indexed."""

    history: History
    stored: list[Row]
    by_key: dict[str, Row]
    by_room: dict[int, list[Row]]
    ledgers: dict[int, Ledger]
    views: dict[tuple[str, int], View]
    invoked: dict[str, list[Invoked]]
    settled: dict[str, list[Settled]]
    acked: dict[str, list[Settled]]
    altered: dict[int, list[Altered]]
    """The changes of each message, by its id."""
    answered: dict[int, Answered]
    """The answers to changes, by number."""
    displays: list[Displayed]
    received: list[Received]

    @classmethod
    def of(cls, history: History, rows: Iterable[Row]) -> "Case":
        stored = sorted(rows)
        by_room: dict[int, list[Row]] = defaultdict(list)
        for row in stored:
            by_room[row.room].append(row)
        by_id = {row.id: row for row in stored}
        invoked: dict[str, list[Invoked]] = defaultdict(list)
        settled: dict[str, list[Settled]] = defaultdict(list)
        altered: dict[int, list[Altered]] = defaultdict(list)
        for event in history.events:
            if isinstance(event, Invoked):
                invoked[event.key].append(event)
            elif isinstance(event, Settled):
                settled[event.key].append(_known(event, history, by_id))
            elif isinstance(event, Altered):
                altered[event.id].append(event)
        displays = [event for event in history.events if isinstance(event, Displayed)]
        acked = {key: [s for s in attempts if s.outcome is Outcome.OK] for key, attempts in settled.items()}
        first = _first(stored, (s.row for attempts in acked.values() for s in attempts), (d.row for d in displays))
        return cls(
            history=history,
            stored=stored,
            by_key={row.key: row for row in stored},
            by_room=dict(by_room),
            ledgers={room: Ledger(rows, first) for room, rows in by_room.items()},
            views=rebuild(history),
            invoked=dict(invoked),
            settled=dict(settled),
            acked={key: attempts for key, attempts in acked.items() if attempts},
            altered=dict(altered),
            answered={event.number: event for event in history.events if isinstance(event, Answered)},
            displays=displays,
            received=[event for event in history.events if isinstance(event, Received)],
        )

    def outcome(self, change: Altered) -> Outcome:
        """How a change ended; one that was never answered is unknown."""
        answer = self.answered.get(change.number)
        return Outcome.INFO if answer is None else answer.outcome

    def showings(self) -> Iterator[Showing]:
        """All that anybody ever showed of a room."""
        return chain.from_iterable(view.showings for view in self.views.values())

    def owing(self) -> Iterator[tuple[Showing, float]]:
        """What must hold the stored rows, and up to which position of the room's stream.

        What is still followed, by a person who can still read the room, must hold everything (infinite). What was left
        or emptied before the end must hold what it had reached by then, as far as the person may read it.
        """
        for (client, room), view in self.views.items():
            last = self.last_readable(self.history.people[client], room)
            for showing in view.showings:
                if showing is view.last and view.followed:
                    if last == inf:
                        yield showing, inf
                elif showing.whole:
                    yield showing, min(showing.whole, last)

    def owed(self, showing: Showing, upto: float) -> Iterator[Row]:
        """The rows that it must hold, by number. What was changed later must be there in whatever state it had."""
        ledger = self.ledgers.get(showing.room)
        for row in ledger.held(number=showing.owed, upto=upto) if ledger else ():
            # The stream has a row where it changed last: if that was about to be, it was not to come before.
            if row.seq <= upto or all(change.at > showing.at for change in self.altered.get(row.id, [])):
                yield row

    def last_readable(self, person: int, room: int) -> float:
        """The newest seq the person may see; -1 for none, infinite for everything."""
        return _last_readable(self.history, person, room)

    def everywhere(self) -> Iterator[tuple[str, Row]]:
        """Every row anyone was told of, and who was: the database (empty name), displays, acknowledgements."""
        told = [("", row) for row in self.stored]
        told += [(event.client, event.row) for event in self.displays]
        told += [(s.client, s.row) for attempts in self.acked.values() for s in attempts if s.row]
        yield from dict.fromkeys(told)


def _last_readable(history: History, person: int, room: int) -> float:
    if room not in history.restricted:
        return inf
    own = [i.last for i in history.intervals if i.person == person and i.room == room]
    return max((inf if last is None else last for last in own), default=-1)


def _known(event: Settled, history: History, stored: dict[int, Row]) -> Settled:
    """The outcome, its row at the seq that is stored where the answer kept that to itself.

    Who may not read the room any more is told the number in its place (docs/protocol.md, `message.send`).
    """
    row = event.row
    if row is None or row.room not in history.restricted or row.seq != row.number or row.id not in stored:
        return event
    if _last_readable(history, history.people[event.client], row.room) == inf:
        return event
    return replace(event, row=replace(row, seq=stored[row.id].seq))


def _first(*told: Iterable[Row | None]) -> dict[int, int]:
    """The lowest seq of each message, by its id."""
    first: dict[int, int] = {}
    for row in chain(*told):
        if row and row.seq < first.get(row.id, inf):
            first[row.id] = row.seq
    return first
