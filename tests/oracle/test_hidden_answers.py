"""An acknowledgement to somebody who may not read the room any more keeps the row's seq to itself."""

from dataclasses import replace

from chaos.oracle.history import Outcome, Settled
from chaos.oracle.judge import judge
from chaos.oracle.verdict import Fault, Report
from tests.oracle.world import OPEN, PRIVATE, Move, World

# Ben says something in both rooms, and is put out of the private one.
MOVES: list[tuple[Move, int, int]] = [
    *(("send", 0, 1), ("store", 0, 0), ("answer", 0, 0), ("edit", 0, 1), ("react", 0, 1)),
    *(("send", 0, 0), ("store", 0, 0), ("answer", 0, 0), ("edit", 0, 0), ("react", 0, 0)),
    *(("send", 2, 0), ("store", 0, 0), ("answer", 0, 0), ("send", 2, 1), ("store", 0, 0), ("answer", 0, 0)),
    ("remove", 2, 1),
]


def judged(room: int, *, seq: int | None = None) -> Report:
    """A retry of Ben's message there is acknowledged with that seq, its number where there is none."""
    world = World.played(MOVES)
    acked = [e for e in world.history.events if isinstance(e, Settled) and e.outcome is Outcome.OK]
    [told] = [e for e in acked if e.client == "ben-1" and e.row and e.row.room == room]
    assert told.row is not None
    again = replace(told.row, seq=told.row.number if seq is None else seq)
    assert again.seq != told.row.seq
    world.history.events.append(replace(told, at=told.at + 1000, row=again))
    return judge(world.history, world.stored(), stale_after=100_000.0)


def test_its_number_in_place_of_its_seq_is_no_fault() -> None:
    judged(PRIVATE).assert_clean(acked=0)


def test_any_other_seq_is_one() -> None:
    assert Fault.RETRY_DIVERGENCE in judged(PRIVATE, seq=77).faults


def test_who_may_read_the_room_is_told_its_seq() -> None:
    assert Fault.RETRY_DIVERGENCE in judged(OPEN).faults
