"""What a run measured beside the verdicts."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number with a name, and the bound it is held to, where it has one."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def ok(self) -> bool:
        above = self.at_most is not None and self.value > self.at_most
        return not above and (self.at_least is None or self.value >= self.at_least)

    def __str__(self) -> str:
        text = f"{self.name} {self.value:.2f}" if self.value % 1 else f"{self.name} {self.value:.0f}"
        text += f" {self.unit}" if self.unit else ""
        bound = f"at most {self.at_most:g}" if self.at_most is not None else f"at least {self.at_least}"
        return text if self.ok else f"{text} (MISSED: {bound})"


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of them do not exceed; 0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
