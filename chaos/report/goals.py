"""What Parley sets out to reach when things break, each over several faults."""

from dataclasses import dataclass

from chaos.figure import Figure
from chaos.report.digest import Digest


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure of some faults, and the bound for the worst of them on both databases."""

    what: str
    faults: tuple[int, ...]
    figure: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    def worst(self, digest: Digest) -> Figure | None:
        """None where no run measured it."""
        cells = [cell for cell in digest.cells if cell.number in self.faults]
        values = [figure.value for cell in cells if (figure := cell.figure(self.figure)) is not None]
        if not values:
            return None
        value = min(values) if self.at_least is not None else max(values)
        return Figure(name=self.what, value=value, unit=self.unit, at_most=self.at_most, at_least=self.at_least)


RECOVERY, MEANWHILE = "recovery p95", "delivery p95 meanwhile"
GROWTH, DRIFT = "workers' memory grew by", "rise of the workers' memory over its noise"
ACKNOWLEDGED, LONGEST = "sends acknowledged in the end", "longest send"
ROLLS = (3, 26)
DATABASE = (12, 13, 14, 15)
GOALS = [
    Goal(what=f"{ACKNOWLEDGED}, over rolling restarts", faults=ROLLS, figure=ACKNOWLEDGED, unit="%", at_least=100.0),
    Goal(what=f"{LONGEST}, over rolling restarts", faults=ROLLS, figure=LONGEST, unit="s", at_most=5.0),
    Goal(what="recovery p95 after a worker is killed", faults=(1, 2, 4), figure=RECOVERY, unit="s", at_most=3.0),
    Goal(what="recovery p95 after Redis is back", faults=(6, 7, 8, 35), figure=RECOVERY, unit="s", at_most=3.0),
    Goal(what="recovery p95 after the database is back", faults=DATABASE, figure=RECOVERY, unit="s", at_most=5.0),
    Goal(what="delivery p95 while Redis is down", faults=(6, 7), figure=MEANWHILE, unit="s", at_most=2.0),
    Goal(what="growth of the workers over a soak of two minutes", faults=(30,), figure=GROWTH, unit="MB", at_most=4.0),
    Goal(what=f"{DRIFT}, in a soak of 20 minutes or more", faults=(30,), figure=DRIFT, unit="times", at_most=1.0),
    Goal(what="3,000 connections cut at once are back", faults=(24,), figure="100% back after", unit="s", at_most=15.0),
]
