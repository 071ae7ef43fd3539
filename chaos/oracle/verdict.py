"""The ways to break the promise, and what the oracle answers."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Each is a defect by itself; none may occur in a correct run."""

    LOST = "lost"
    """A message or a change of one: acknowledged, and missing from the database or from a view that owes it."""
    DUPLICATE = "duplicate"
    """Shown twice, or stored twice."""
    REORDER = "reorder"
    """Shown or stored in another order than that of the stream, or against the order in which it was acknowledged."""
    DIVERGENT = "divergent"
    """Two messages for one number or seq, or one message with two numbers."""
    ABORTED_READ = "aborted_read"
    """A message or an edit: refused to its sender, yet shown or stored."""
    PHANTOM = "phantom"
    """Shown or stored, but nobody sent it to that room."""
    GAP = "gap"
    """A view does not hold every stored number from the first it owes to the newest."""
    OUTDATED = "outdated"
    """A view ends with an older state of a message than the database has."""
    STALE = "stale"
    """Shown later after its acknowledgement than the run allows."""
    RETRY_DIVERGENCE = "retry_divergence"
    """A retry was acknowledged with another id, number or seq."""
    LEAK = "leak"
    """Shown or sent to a person who could not read the room any more, or never could."""
    WRONG_BODY = "wrong_body"
    """Text, a deletion or a reaction that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One fault: where, to whom, and the evidence."""

    fault: Fault
    room: int
    client: str
    """Empty where the database itself is wrong."""
    detail: str

    def __str__(self) -> str:
        return f"{self.fault} in room {self.room}{f' at {self.client}' if self.client else ''}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Report:
    """The oracle's answer: every fault, and how much was judged.

    `left`: how many times what a view had shown was judged though it was left or emptied before the end. `slowest`:
    seconds from ack to the last display.
    """

    verdicts: list[Verdict]
    sent: int
    acked: int
    changed: int
    displays: int
    views: int
    left: int
    slowest: float

    @property
    def faults(self) -> set[Fault]:
        return {verdict.fault for verdict in self.verdicts}

    def assert_clean(self, *, acked: int = 1) -> None:
        """Raises AssertionError with the first faults of each kind; also where fewer than `acked` sends were judged."""
        assert not self.verdicts, str(self)
        assert self.acked >= acked, f"only {self.acked} acknowledged sends were judged, {acked} expected"

    def __str__(self) -> str:
        counts = Counter(verdict.fault for verdict in self.verdicts)
        lines = [
            f"{self.sent} sent, {self.acked} acked, {self.changed} changed, "
            f"{self.displays} displays in {self.views} views, {self.left} times left, slowest {self.slowest:.2f} s; "
            + (", ".join(f"{n} {fault}" for fault, n in counts.items()) or "no fault")
        ]
        for fault in counts:
            lines += [f"  {verdict}" for verdict in self.verdicts if verdict.fault is fault][:5]
        return "\n".join(lines)
