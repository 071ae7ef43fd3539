"""What a judge says."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """`summary` is a sentence for the report, `faults` what has to be mended, one line each; none: it passed."""

    summary: str
    faults: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.faults


class Missing(Exception):
    """A judge cannot be installed on this machine; the text says why and what helps."""
