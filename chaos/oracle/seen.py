"""What went wrong on the screens."""

from collections import defaultdict
from collections.abc import Iterator
from math import inf

from chaos.oracle.case import Case
from chaos.oracle.history import Row
from chaos.oracle.verdict import Fault, Verdict
from chaos.oracle.views import View


def lost(case: Case) -> Iterator[Verdict]:
    rows = {key: row for key, attempts in case.acked.items() if (row := attempts[0].row)}
    for key, row in rows.items():
        if key not in case.by_key:
            yield Verdict(Fault.LOST, row.room, "", f"acknowledged number {row.number} is not stored")
    for showing, upto in case.owing():
        keys = {row.key for row in showing.rows.values()}
        for row in case.owed(showing, upto):
            if row.key in rows and row.key not in keys:
                detail = f"acknowledged number {row.number} is not shown{_where(upto)}"
                yield Verdict(Fault.LOST, row.room, showing.client, detail)


def gap(case: Case) -> Iterator[Verdict]:
    for showing, upto in case.owing():
        shown = {row.number for row in showing.rows.values()}
        if missing := [row.number for row in case.owed(showing, upto) if row.number not in shown]:
            detail = f"{len(missing)} stored numbers not shown{_where(upto)}: {missing[:10]}"
            yield Verdict(Fault.GAP, showing.room, showing.client, detail)


def outdated(case: Case) -> Iterator[Verdict]:
    for showing, upto in case.owing():
        for row in case.owed(showing, upto):
            shown = showing.rows.get(row.id)
            if shown and shown != row and row.seq <= upto:
                detail = f"shows {shown}{_where(upto)}, stored is {row}"
                yield Verdict(Fault.OUTDATED, row.room, showing.client, detail)


def shown_twice(case: Case) -> Iterator[Verdict]:
    for showing in case.showings():
        ids: set[int] = set()
        keys: set[str] = set()
        for row in (event.row for event in showing.displays if event.first):
            if row.id in ids or row.key in keys:
                yield Verdict(Fault.DUPLICATE, row.room, showing.client, f"number {row.number} was shown twice")
            ids.add(row.id)
            keys.add(row.key)


def order_of_displays(case: Case) -> Iterator[Verdict]:
    """Frame after frame the seq rises; within one frame new messages come by number; a row never goes back."""
    for showing in case.showings():
        frame, number, head, newest = -1, 0, 0, 0
        states: dict[int, int] = {}
        for event in showing.displays:
            row = event.row
            if event.frame != frame:
                frame, number, head = event.frame, 0, newest
            if row.seq <= head or row.seq <= states.get(row.id, 0) or (event.first and row.number <= number):
                yield Verdict(Fault.REORDER, row.room, showing.client, f"{row} was shown after seq {newest}")
            states[row.id] = row.seq
            newest = max(newest, row.seq)
            number = row.number if event.first else number


def delays(case: Case) -> Iterator[tuple[str, Row, float]]:
    """Client, message and seconds from its first acknowledgement to its display, at clients that followed all along."""
    shown: dict[tuple[str, int], float] = {}
    for event in case.displays:
        shown.setdefault((event.client, event.row.id), event.at)
    views: dict[int, list[tuple[str, View]]] = defaultdict(list)
    for (client, room), view in case.views.items():
        views[room].append((client, view))
    for attempts in case.acked.values():
        row, acked_at = attempts[0].row, attempts[0].at
        if row is None:
            continue
        for client, view in views[row.room]:
            at = shown.get((client, row.id))
            if at is not None and view.followed_from(acked_at, at):
                yield client, row, max(0.0, at - acked_at)


def _where(upto: float) -> str:
    return "" if upto == inf else f" by one that was left at seq {upto:g}"
