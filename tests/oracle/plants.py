"""Ways to spoil a clean run. Each answers the faults of which one must be named, or None where it finds no victim."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from uuid import UUID

from chaos.oracle.history import (
    EMPTY,
    Altered,
    Answered,
    Displayed,
    Event,
    Frame,
    Interval,
    Invoked,
    Outcome,
    Received,
    Row,
    Settled,
    body_hash,
)
from chaos.oracle.verdict import Fault
from chaos.oracle.views import Showing, View, rebuild
from tests.oracle.world import CLIENTS, OPEN, PRIVATE, World

STRANGER = UUID(int=2**100).hex


@dataclass
class Run:
    """A clean world's evidence, to be spoiled in place."""

    world: World
    stored: list[Row]
    random: Random

    @property
    def events(self) -> list[Event]:
        return self.world.history.events

    def any(self, wanted: Callable[[Event], bool]) -> int | None:
        """The index of some event that is wanted."""
        found = [index for index, event in enumerate(self.events) if wanted(event)]
        return self.random.choice(found) if found else None

    def any_display(self) -> tuple[int, Displayed] | None:
        """Some display that is in a view at the end, in a view that owes everything."""
        final = {id(event) for view in self.owing() for event in view.last.displays if event.first}
        index = self.any(lambda event: id(event) in final)
        event = None if index is None else self.events[index]
        return (index, event) if index is not None and isinstance(event, Displayed) else None

    def owing(self) -> list[View]:
        readers = {i.person for i in self.world.history.intervals if i.last is None}
        views = rebuild(self.world.history).values()
        return [v for v in views if v.followed and (v.last.room == OPEN or CLIENTS[v.last.client] in readers)]

    def shown_before(self, wanted: Callable[[Displayed, int], bool]) -> tuple[Showing, Displayed] | None:
        """Some wanted display of a message that did not change after the view it was in had been left, or emptied.

        Wanted, or not, by the display and the seq that is stored of the message.
        """
        seqs = {row.id: row.seq for row in self.stored}
        views = rebuild(self.world.history).values()
        left = [s for v in views for s in v.showings if s.whole and not (s is v.last and v.followed)]
        found = [
            (showing, event)
            for showing in left
            for event in showing.displays
            if seqs[event.row.id] <= showing.whole and wanted(event, seqs[event.row.id])
        ]
        return self.random.choice(found) if found else None

    def any_ack(self) -> tuple[int, Settled] | None:
        index = self.any(lambda event: isinstance(event, Settled) and event.outcome is Outcome.OK)
        event = None if index is None else self.events[index]
        return (index, event) if index is not None and isinstance(event, Settled) else None

    def acked_changes(self) -> list[Altered]:
        acked = {e.number for e in self.events if isinstance(e, Answered) and e.outcome is Outcome.OK}
        return [e for e in self.events if isinstance(e, Altered) and e.number in acked]

    def spoil_row(self, wanted: Callable[[Row], bool], spoiled: Callable[[Row], Row]) -> set[Fault] | None:
        """Spoil some stored row of those wanted: what was acknowledged of it is lost."""
        places = [place for place, row in enumerate(self.stored) if wanted(row)]
        if not places:
            return None
        place = self.random.choice(places)
        self.stored[place] = spoiled(self.stored[place])
        return {Fault.LOST}


Plant = Callable[[Run], set[Fault] | None]


def drop(run: Run) -> set[Fault] | None:
    """One client never shows one message."""
    if not (found := run.any_display()):
        return None
    _, event = found
    run.events[:] = [
        e for e in run.events if not (isinstance(e, Displayed) and (e.client, e.row.id) == (event.client, event.row.id))
    ]
    return {Fault.LOST, Fault.GAP}


def drop_the_newest(run: Run) -> set[Fault] | None:
    """One client never shows the newest message of a room: no later number betrays the gap."""
    views = [view.last for view in run.owing() if view.last.rows]
    if not views:
        return None
    view = run.random.choice(views)
    newest = max(view.rows.values())
    run.events[:] = [
        e for e in run.events if not (isinstance(e, Displayed) and (e.client, e.row.id) == (view.client, newest.id))
    ]
    return {Fault.GAP}


def gap_in_a_view_that_was_left(run: Run) -> set[Fault] | None:
    """A client never shows one message of those it had reached when it left the room, or began anew."""
    if not (found := run.shown_before(lambda event, seq: event.first)):
        return None
    showing, event = found
    gone = {id(each) for each in showing.displays if each.row.id == event.row.id}
    run.events[:] = [e for e in run.events if id(e) not in gone]
    return {Fault.GAP}


def outdated_in_a_view_that_was_left(run: Run) -> set[Fault] | None:
    """A client that left a room, or began anew, had missed the last change of a message."""
    if not (found := run.shown_before(lambda event, seq: not event.first and event.row.seq == seq)):
        return None
    _, event = found
    run.events[:] = [e for e in run.events if e is not event]
    return {Fault.OUTDATED}


def repeat(run: Run) -> set[Fault] | None:
    """A message shows up a second time."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events.insert(index + 1, replace(event, frame=event.frame + 1_000_000))
    return {Fault.DUPLICATE}


def swap(run: Run) -> set[Fault] | None:
    """Two neighbours change places on one screen."""
    for view in sorted(run.owing(), key=lambda view: run.random.random()):
        places = [run.events.index(event) for event in view.last.displays]
        for one, two in pairwise(places):
            a, b = run.events[one], run.events[two]
            if isinstance(a, Displayed) and isinstance(b, Displayed) and a.first and b.first:
                run.events[one], run.events[two] = replace(a, row=b.row), replace(b, row=a.row)
                return {Fault.REORDER}
    return None


def never_sent(run: Run) -> set[Fault] | None:
    """A client shows what nobody sent."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events[index] = replace(event, row=replace(event.row, key=STRANGER))
    return {Fault.PHANTOM}


def foreign(run: Run) -> set[Fault] | None:
    """A client shows a message of another room."""
    if not (found := run.any_display()):
        return None
    index, event = found
    room = PRIVATE if event.row.room == OPEN else OPEN
    run.events[index] = replace(event, row=replace(event.row, room=room))
    return {Fault.PHANTOM}


def wrong_body(run: Run) -> set[Fault] | None:
    """A client shows another text than was written."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events[index] = replace(event, row=replace(event.row, body=body_hash("forged")))
    return {Fault.WRONG_BODY}


def lost_ack(run: Run) -> set[Fault] | None:
    """A message is acknowledged and then gone from the database and every screen."""
    if not (found := run.any_ack()):
        return None
    key = found[1].key
    run.stored[:] = [row for row in run.stored if row.key != key]
    run.events[:] = [e for e in run.events if not (isinstance(e, Displayed) and e.row.key == key)]
    return {Fault.LOST}


def leak(run: Run) -> set[Fault] | None:
    """A person shows something newer than their removal."""
    index = run.any(lambda event: isinstance(event, Displayed) and event.row.room == PRIVATE)
    event = None if index is None else run.events[index]
    if not isinstance(event, Displayed):
        return None
    history = run.world.history
    person = CLIENTS[event.client]
    history.intervals = [i for i in history.intervals if i.person != person]
    history.intervals.append(Interval(person, PRIVATE, event.row.seq - 1))
    return {Fault.LEAK}


def leak_on_the_wire(run: Run) -> set[Fault] | None:
    """A client gets a frame that is newer than its person's removal, and shows nothing of it."""
    removed = [i for i in run.world.history.intervals if i.last is not None]
    if not removed:
        return None
    interval = run.random.choice(removed)
    client = run.random.choice([name for name, person in CLIENTS.items() if person == interval.person])
    frame = run.random.choice([Frame.CHANGE, Frame.OPENED])
    seq = (interval.last or 0) + 1
    run.events.append(Received(run.events[-1].at + 1, client, 1, PRIVATE, frame, seq))
    return {Fault.LEAK}


def leak_of_a_signal(run: Run) -> set[Fault] | None:
    """A client hears who types in a room that the server closed to it."""
    index = run.any(lambda event: isinstance(event, Received) and event.frame is Frame.CLOSED)
    event = None if index is None else run.events[index]
    if index is None or not isinstance(event, Received):
        return None
    run.events.insert(index + 1, replace(event, frame=Frame.SIGNAL))
    return {Fault.LEAK}


def two_ids(run: Run) -> set[Fault] | None:
    """A client shows another message under a stored number."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events[index] = replace(event, row=replace(event.row, id=event.row.id + 500))
    return {Fault.DIVERGENT}


def stored_twice(run: Run) -> set[Fault] | None:
    """One key has two rows."""
    if not run.stored:
        return None
    row = run.random.choice(run.stored)
    run.stored.append(replace(row, id=row.id + 500, number=row.number + 500, seq=row.seq + 500))
    return {Fault.DUPLICATE}


def failed_send_shown(run: Run) -> set[Fault] | None:
    """A message that was refused to its sender is on a screen."""
    if not (found := run.any_display()):
        return None
    key = found[1].row.key
    run.events[:] = [
        replace(e, outcome=Outcome.FAIL, row=None) if isinstance(e, Settled) and e.key == key else e for e in run.events
    ]
    return {Fault.ABORTED_READ}


def retry_diverges(run: Run) -> set[Fault] | None:
    """A retry is acknowledged with another seq."""
    if not (found := run.any_ack()):
        return None
    index, ack = found
    if ack.row is None:
        return None
    run.events.insert(index + 1, replace(ack, row=replace(ack.row, number=ack.row.number + 1, seq=ack.row.seq + 1)))
    return {Fault.RETRY_DIVERGENCE}


def sent_later_numbered_earlier(run: Run) -> set[Fault] | None:
    """A message gets a lower number than one that was acknowledged before it was sent."""
    acked = [e.row for e in run.events if isinstance(e, Settled) and e.row and e.row.room == OPEN]
    if len({row.key for row in acked}) < 2:
        return None
    key, end = min(acked).key, max(e.at for e in run.events)
    late = [e for e in run.events if isinstance(e, Invoked | Settled) and e.key == key]
    run.events[:] = [e for e in run.events if e not in late]
    run.events.extend(replace(e, at=end + 1 + n) for n, e in enumerate(late))
    return {Fault.REORDER}


def stale(run: Run) -> set[Fault] | None:
    """A message comes long after its acknowledgement."""
    if not (found := run.any_ack()) or found[1].row is None:
        return None
    ack, room = found[1], found[1].row.room
    there = [view for view in run.owing() if len(view.spans) == 1 and view.spans[0].start <= ack.at]
    steady = {view.last.client for view in there if view.last.room == room}
    index = run.any(lambda e: isinstance(e, Displayed) and e.first and e.row.key == ack.key and e.client in steady)
    event = None if index is None else run.events[index]
    if not isinstance(event, Displayed) or ack.at != _first_ack(run, ack.key):
        return None
    run.events[:] = [
        replace(e, at=e.at + 1_000_000)
        if isinstance(e, Displayed) and (e.client, e.row.key) == (event.client, ack.key)
        else e
        for e in run.events
    ]
    return {Fault.STALE}


def outdated(run: Run) -> set[Fault] | None:
    """A client misses the last change of a message."""
    views = [view.last for view in run.owing()]
    last = {id(event) for view in views for event in view.displays if event.row == view.rows[event.row.id]}
    index = run.any(lambda e: isinstance(e, Displayed) and not e.first and id(e) in last)
    if index is None:
        return None
    del run.events[index]
    return {Fault.OUTDATED}


def went_back(run: Run) -> set[Fault] | None:
    """A client shows an older state of a message after a newer one."""
    index = run.any(lambda event: isinstance(event, Displayed) and not event.first)
    event = None if index is None else run.events[index]
    if index is None or not isinstance(event, Displayed):
        return None
    shown = [e for e in run.events[:index] if isinstance(e, Displayed) and e.client == event.client]
    older = [e for e in shown if e.row.id == event.row.id and e.row.seq < event.row.seq]
    if not older:
        return None
    run.events.insert(index + 1, replace(older[-1], at=event.at, frame=event.frame + 1_000_000, first=False))
    return {Fault.REORDER}


def two_numbers(run: Run) -> set[Fault] | None:
    """A client shows a message under another number than the others do."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events[index] = replace(event, row=replace(event.row, number=event.row.number + 500))
    return {Fault.DIVERGENT}


def stored_out_of_order(run: Run) -> set[Fault] | None:
    """Two messages of a room have numbers against the order of the stream."""
    altered = {event.id for event in run.events if isinstance(event, Altered)}
    rows = sorted(row for row in run.stored if row.id not in altered)
    pairs = [(one, two) for one, two in pairwise(rows) if one.room == two.room]
    if not pairs:
        return None
    one, two = run.random.choice(pairs)
    swapped = {one: replace(one, seq=two.seq), two: replace(two, seq=one.seq)}
    run.stored[:] = [swapped.get(row, row) for row in run.stored]
    return {Fault.REORDER}


def lost_edit(run: Run) -> set[Fault] | None:
    """An acknowledged edit is gone from the database."""
    edits = {e.id for e in run.acked_changes() if e.body not in (None, EMPTY)}
    return run.spoil_row(
        lambda row: row.id in edits and not row.deleted, lambda row: replace(row, body=body_hash(row.key))
    )


def undeleted(run: Run) -> set[Fault] | None:
    """A message whose deletion was acknowledged is there again."""
    deletions = {e.id for e in run.acked_changes() if e.body == EMPTY}
    return run.spoil_row(
        lambda row: row.id in deletions, lambda row: replace(row, body=body_hash(row.key), deleted=False)
    )


def lost_reaction(run: Run) -> set[Fault] | None:
    """An acknowledged reaction is gone from the database."""
    acked = run.acked_changes()
    doubtful = {e.id for e in run.events if isinstance(e, Altered) and e.reaction and e not in acked}
    return run.spoil_row(
        lambda row: bool(row.reactions) and row.id not in doubtful, lambda row: replace(row, reactions=())
    )


def refused_edit_shown(run: Run) -> set[Fault] | None:
    """An edit that was refused to its author is on a screen."""
    refused = {e.number for e in run.events if isinstance(e, Answered) and e.outcome is Outcome.FAIL}
    asked = [e for e in run.events if isinstance(e, Altered) and e.body]
    # A deletion that was refused looks like one that was not.
    done = {(e.id, e.body) for e in asked if e.number not in refused}
    bodies = {e.id: e.body for e in asked if e.number in refused and (e.id, e.body) not in done}
    index = run.any(lambda event: isinstance(event, Displayed) and event.row.id in bodies)
    event = None if index is None else run.events[index]
    if index is None or not isinstance(event, Displayed):
        return None
    body = bodies[event.row.id]
    run.events[index] = replace(event, row=replace(event.row, body=body))
    return {Fault.ABORTED_READ}


def forged_reaction(run: Run) -> set[Fault] | None:
    """A client shows a reaction that nobody put there."""
    if not (found := run.any_display()):
        return None
    index, event = found
    run.events[index] = replace(event, row=replace(event.row, reactions=(("\N{THUMBS DOWN SIGN}", 1),)))
    return {Fault.WRONG_BODY}


def _first_ack(run: Run, key: str) -> float:
    return min(e.at for e in run.events if isinstance(e, Settled) and e.key == key and e.outcome is Outcome.OK)


PLANTS: list[Plant] = [
    drop,
    drop_the_newest,
    gap_in_a_view_that_was_left,
    outdated_in_a_view_that_was_left,
    repeat,
    swap,
    never_sent,
    foreign,
    wrong_body,
    lost_ack,
    leak,
    leak_on_the_wire,
    leak_of_a_signal,
    two_ids,
    stored_twice,
    failed_send_shown,
    retry_diverges,
    sent_later_numbered_earlier,
    stale,
    outdated,
    went_back,
    two_numbers,
    stored_out_of_order,
    lost_edit,
    undeleted,
    lost_reaction,
    refused_edit_shown,
    forged_reaction,
]
