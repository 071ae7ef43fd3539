"""What went wrong on the screens."""

from collections import defaultdict
from collections.abc import Iterator

from chaos.oracle.case import Case
from chaos.oracle.history import Row
from chaos.oracle.verdict import Fault, Verdict
from chaos.oracle.views import View


def lost(case: Case) -> Iterator[Verdict]:
    rows = {key: row for key, attempts in case.acked.items() if (row := attempts[0].row)}
    for key, row in rows.items():
        if key not in case.by_key:
            yield Verdict(Fault.LOST, row.room, "", f"acknowledged number {row.number} is not stored")
    for view in case.owing():
        keys = {row.key for row in view.rows.values()}
        for key, row in rows.items():
            if row.room == view.room and row.number >= view.owed and key not in keys:
                yield Verdict(Fault.LOST, row.room, view.client, f"acknowledged number {row.number} is not shown")


def gap(case: Case) -> Iterator[Verdict]:
    for view in case.owing():
        owed = {row.number for row in case.by_room.get(view.room, []) if row.number >= view.owed}
        if missing := sorted(owed - set(view.numbers())):
            yield Verdict(Fault.GAP, view.room, view.client, f"{len(missing)} stored numbers not shown: {missing[:10]}")


def outdated(case: Case) -> Iterator[Verdict]:
    for view in case.owing():
        for row in case.by_room.get(view.room, []):
            shown = view.rows.get(row.id)
            if shown and shown != row:
                yield Verdict(Fault.OUTDATED, row.room, view.client, f"shows {shown}, stored is {row}")


def shown_twice(case: Case) -> Iterator[Verdict]:
    for view in case.views.values():
        for run in view.runs():
            ids: set[int] = set()
            keys: set[str] = set()
            for row in (event.row for event in run if event.first):
                if row.id in ids or row.key in keys:
                    yield Verdict(Fault.DUPLICATE, row.room, view.client, f"number {row.number} was shown twice")
                ids.add(row.id)
                keys.add(row.key)


def order_of_displays(case: Case) -> Iterator[Verdict]:
    """Frame after frame the seq rises; within one frame new messages come by number; a row never goes back."""
    for view in case.views.values():
        for run in view.runs():
            frame, number, head, newest = -1, 0, 0, 0
            states: dict[int, int] = {}
            for event in run:
                row = event.row
                if event.frame != frame:
                    frame, number, head = event.frame, 0, newest
                if row.seq <= head or row.seq <= states.get(row.id, 0) or (event.first and row.number <= number):
                    yield Verdict(Fault.REORDER, row.room, view.client, f"{row} was shown after seq {newest}")
                states[row.id] = row.seq
                newest = max(newest, row.seq)
                number = row.number if event.first else number


def delays(case: Case) -> Iterator[tuple[str, Row, float]]:
    """Client, message and seconds from its first acknowledgement to its display, at clients that followed all along."""
    shown: dict[tuple[str, int], float] = {}
    for event in case.displays:
        shown.setdefault((event.client, event.row.id), event.at)
    views: dict[int, list[View]] = defaultdict(list)
    for view in case.views.values():
        views[view.room].append(view)
    for attempts in case.acked.values():
        row, acked_at = attempts[0].row, attempts[0].at
        if row is None:
            continue
        for view in views[row.room]:
            at = shown.get((view.client, row.id))
            if at is not None and view.followed_from(acked_at, at):
                yield view.client, row, max(0.0, at - acked_at)
