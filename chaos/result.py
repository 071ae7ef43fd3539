"""The outcome of one run of one fault."""

from collections import Counter
from dataclasses import dataclass, field

from chaos.figure import Figure
from chaos.oracle.verdict import Fault as Broken
from chaos.oracle.verdict import Report

LOST = {Broken.LOST, Broken.GAP, Broken.OUTDATED}
DUPLICATED = {Broken.DUPLICATE, Broken.RETRY_DIVERGENCE}
REORDERED = {Broken.REORDER, Broken.DIVERGENT}
LEAKED = {Broken.LEAK}


@dataclass(frozen=True)
class Spell:
    """A time in which something was broken, in seconds since the run began."""

    label: str
    begin: float
    end: float


@dataclass(frozen=True)
class Curves:
    """What happened in each `step` seconds since the run began."""

    step: float = 0.25
    sends: list[int] = field(default_factory=list)
    acks: list[int] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    """The longest way of a message from its sender to a screen, of those that arrived in the step."""


@dataclass
class Result:
    """Everything a report says of a run."""

    number: int
    title: str
    database: str
    seed: int
    sent: int = 0
    acked: int = 0
    displays: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    leaked: int = 0
    wrong: int = 0
    """Phantoms, refused sends that appear, text nobody wrote, and what came too late."""
    seconds: float = 0.0
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lacking: str = ""
    """What this machine lacks, for want of which it was not staged."""
    problems: list[str] = field(default_factory=list)
    """The evidence of whatever is not as it should be."""
    spells: list[Spell] = field(default_factory=list)
    curves: Curves = field(default_factory=Curves)

    @property
    def staged(self) -> bool:
        """Whether a run came of it, or an attempt at one; otherwise it was left out."""
        return bool(self.sent or self.problems)

    @property
    def ok(self) -> bool:
        broken = self.lost + self.duplicated + self.reordered + self.leaked + self.wrong
        return not broken and not self.problems and all(figure.ok for figure in self.figures)

    def judged(self, report: Report) -> None:
        """Take in what the oracle says."""
        self.sent += report.sent
        self.acked += report.acked
        self.displays += report.displays
        counts = Counter(verdict.fault for verdict in report.verdicts)
        for broken, count in counts.items():
            self.lost += count * (broken in LOST)
            self.duplicated += count * (broken in DUPLICATED)
            self.reordered += count * (broken in REORDERED)
            self.leaked += count * (broken in LEAKED)
            self.wrong += count * (broken not in LOST | DUPLICATED | REORDERED | LEAKED)
            self.problems += [str(verdict) for verdict in report.verdicts if verdict.fault is broken][:5]


def totals(results: list[Result]) -> str:
    """The closing line."""
    words = ("lost", "duplicated", "reordered", "leaked")
    return "  ".join(f"{word} {sum(getattr(result, word) for result in results)}" for word in words)
