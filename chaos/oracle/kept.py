"""What went wrong in the store, or between the store and what was told."""

from collections import defaultdict
from collections.abc import Iterator

from chaos.oracle.case import Case
from chaos.oracle.history import EMPTY, Outcome, Row
from chaos.oracle.verdict import Fault, Verdict


def stored_twice(case: Case) -> Iterator[Verdict]:
    keys: dict[str, Row] = {}
    for row in case.stored:
        if (other := keys.setdefault(row.key, row)) is not row:
            yield Verdict(Fault.DUPLICATE, row.room, "", f"one key is stored as {other} and {row}")


def order_of_rows(case: Case) -> Iterator[Verdict]:
    """Where nobody changed messages, seq and number rise together."""
    for rows in case.by_room.values():
        seq = 0
        for row in (row for row in rows if row.id not in case.altered):
            if row.seq <= seq:
                yield Verdict(Fault.REORDER, row.room, "", f"{row} is stored after seq {seq}")
            seq = max(seq, row.seq)


def order_of_acks(case: Case) -> Iterator[Verdict]:
    """A message first sent after another of its room was acknowledged has the higher number."""
    moments: dict[int, list[tuple[float, int, Row]]] = defaultdict(list)
    for key, attempts in case.acked.items():
        row = attempts[0].row
        if row and key in case.invoked:
            moments[row.room].append((attempts[0].at, 1, row))
            moments[row.room].append((case.invoked[key][0].at, 0, row))
    for room, events in moments.items():
        acknowledged = 0
        for _, is_ack, row in sorted(events):
            if is_ack:
                acknowledged = max(acknowledged, row.number)
            elif row.number <= acknowledged:
                detail = f"number {row.number} was sent after number {acknowledged} was acknowledged"
                yield Verdict(Fault.REORDER, room, "", detail)


def divergent(case: Case) -> Iterator[Verdict]:
    numbers: dict[tuple[int, int], int] = {}
    seqs: dict[tuple[int, int], int] = {}
    identities: dict[int, tuple[int, int, str]] = {}
    for client, row in case.everywhere():
        if numbers.setdefault((row.room, row.number), row.id) != row.id:
            yield Verdict(Fault.DIVERGENT, row.room, client, f"number {row.number} has two messages")
        if seqs.setdefault((row.room, row.seq), row.id) != row.id:
            yield Verdict(Fault.DIVERGENT, row.room, client, f"seq {row.seq} has two messages")
        if identities.setdefault(row.id, (row.room, row.number, row.key)) != (row.room, row.number, row.key):
            yield Verdict(Fault.DIVERGENT, row.room, client, f"message {row.id} has two numbers, keys or rooms")


def unasked(case: Case) -> Iterator[Verdict]:
    """Phantoms, refused sends that appear, and text nobody wrote."""
    for client, row in case.everywhere():
        sends = [send for send in case.invoked.get(row.key, []) if send.room == row.room]
        if not sends:
            yield Verdict(Fault.PHANTOM, row.room, client, f"nobody sent {row} to this room")
            continue
        outcomes = {attempt.outcome for attempt in case.settled.get(row.key, [])}
        if outcomes == {Outcome.FAIL} and len(case.settled[row.key]) >= len(case.invoked[row.key]):
            yield Verdict(Fault.ABORTED_READ, row.room, client, f"{row} was refused to its sender")
        changes = case.altered.get(row.id, [])
        bodies = {send.body for send in sends} | {change.body for change in changes if change.body is not None}
        if row.body not in bodies or (row.deleted and row.body != EMPTY):
            yield Verdict(Fault.WRONG_BODY, row.room, client, f"{row} has a body nobody wrote")


def retry_divergence(case: Case) -> Iterator[Verdict]:
    for key, attempts in case.acked.items():
        rows = [attempt.row for attempt in attempts if attempt.row]
        for attempt, row in zip(attempts, rows, strict=True):
            same = (row.id, row.number, row.room) == (rows[0].id, rows[0].number, rows[0].room) and row.key == key
            if not same or (row.seq != rows[0].seq and row.id not in case.altered):
                yield Verdict(Fault.RETRY_DIVERGENCE, row.room, attempt.client, f"first {rows[0]}, then {row}")
