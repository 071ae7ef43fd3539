"""What became of changes: an acknowledged edit, deletion or reaction is stored, one that was refused is nowhere."""

from collections import defaultdict
from collections.abc import Iterator

from chaos.oracle.case import Case
from chaos.oracle.history import EMPTY, Altered, Outcome, Row
from chaos.oracle.verdict import Fault, Verdict


def undone(case: Case) -> Iterator[Verdict]:
    """Acknowledged changes that the stored row does not have. Screens are held to the stored row elsewhere."""
    for row in case.stored:
        changes = case.altered.get(row.id, [])
        if not row.deleted:
            yield from _undeleted(case, row, changes)
            yield from _unedited(case, row, changes)
            yield from _without_reaction(case, row, changes)


def unasked(case: Case) -> Iterator[Verdict]:
    """Edits that were refused, and reactions that nobody put there or that a deletion left behind."""
    for client, row in case.everywhere():
        changes = case.altered.get(row.id, [])
        asked = [change for change in changes if case.outcome(change) is not Outcome.FAIL]
        sent = {send.body for send in case.invoked.get(row.key, [])}
        if row.body in {change.body for change in changes} - {change.body for change in asked} - sent:
            yield Verdict(Fault.ABORTED_READ, row.room, client, f"{row} has an edit that was refused")
        put = {(change.reaction[0], _person(case, change)) for change in asked if change.reaction}
        if set(row.reactions) - put or (row.deleted and row.reactions):
            yield Verdict(Fault.WRONG_BODY, row.room, client, f"{row} has a reaction nobody put there")


def _undeleted(case: Case, row: Row, changes: list[Altered]) -> Iterator[Verdict]:
    if any(change.body == EMPTY and case.outcome(change) is Outcome.OK for change in changes):
        yield Verdict(Fault.LOST, row.room, "", f"{row} was deleted, and is not")


def _unedited(case: Case, row: Row, changes: list[Altered]) -> Iterator[Verdict]:
    last = _last(case, [change for change in changes if change.body not in (None, EMPTY)])
    if last and row.body not in {change.body for change in last}:
        yield Verdict(Fault.LOST, row.room, "", f"{row} is without its last acknowledged edit")


def _without_reaction(case: Case, row: Row, changes: list[Altered]) -> Iterator[Verdict]:
    switched: dict[tuple[str, int], list[Altered]] = defaultdict(list)
    for change in changes:
        if change.reaction:
            switched[change.reaction[0], _person(case, change)].append(change)
    for reaction, switches in switched.items():
        last = _last(case, switches)
        if last and (reaction in row.reactions) not in {change.reaction and change.reaction[1] for change in last}:
            detail = f"{row} does not have {reaction} as it was acknowledged last"
            yield Verdict(Fault.LOST, row.room, "", detail)


def _last(case: Case, changes: list[Altered]) -> list[Altered]:
    """Those of which one must be what is stored; none where nothing was acknowledged.

    They are the acknowledged ones after which no other was begun and acknowledged, and all that may yet have happened.
    """
    acked = [change for change in changes if case.outcome(change) is Outcome.OK]
    if not acked:
        return []
    newest = max(change.at for change in acked)
    unknown = [change for change in changes if case.outcome(change) is Outcome.INFO]
    return [change for change in acked if case.answered[change.number].at >= newest] + unknown


def _person(case: Case, change: Altered) -> int:
    return case.history.people[change.client]
