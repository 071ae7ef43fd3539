"""What a judge says."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """`looked_at` and `found` are cells of a table, `faults` what has to be mended, one line each; none: it passed."""

    looked_at: str
    found: str
    faults: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.faults


class Missing(Exception):
    """A judge cannot be installed on this machine; the text says why and what helps."""


class Broken(Exception):
    """A judge's program did not do its work; the text says how it ended."""
