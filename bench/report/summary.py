"""From repeats to one number."""

from collections.abc import Callable, Sequence
from statistics import median

from bench.load.measured import Measured
from bench.results import Results, Row

Figure = Callable[[Measured], float]


def middle(rows: Sequence[Row], figure: Figure) -> float | None:
    """The median over the repeats; None where nothing was measured."""
    return median(figure(row.measured) for row in rows) if rows else None


def worst(rows: Sequence[Row], figure: Figure) -> float | None:
    """The highest of the repeats; None where nothing was measured."""
    return max((figure(row.measured) for row in rows), default=None)


def ratio(results: Results, scenario: str, *, of: str, to: str, figure: Figure, **setting: float | str) -> float | None:
    """The median of the ratios within each repeat, so that both sides had the same machine; None without a pair."""
    above = {row.repeat: figure(row.measured) for row in results.of(scenario, of, **setting)}
    below = {row.repeat: figure(row.measured) for row in results.of(scenario, to, **setting)}
    ratios = [above[repeat] / below[repeat] for repeat in above.keys() & below.keys() if below[repeat]]
    return median(ratios) if ratios else None


def flawless(rows: Sequence[Row]) -> bool:
    """Whether every socket got every message once and all saw one order, in every repeat, and nothing was refused."""
    return all(
        not (row.measured.incomplete_sockets or row.measured.disordered_sockets or row.measured.refused) for row in rows
    )
