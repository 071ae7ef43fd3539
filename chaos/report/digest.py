"""What many runs of each fault found: how many, whether anything broke, and the worst of every figure."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from chaos.figure import Figure
from chaos.result import Result

REST = 3.0
"""The machine's load up to which times tell of Parley; above it, of the machine."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """All runs of one fault on one database.

    `figures` are the worst of all runs; times, where there are any, only of those `at_rest`.
    """

    number: int
    database: str
    seeds: tuple[int, ...]
    """Those of the runs."""
    broken: int
    """Messages that were lost, duplicated, reordered, leaked or wrong."""
    failed: int
    """Runs in which something broke or went wrong, other than by taking too long."""
    acked: int
    displays: int
    at_rest: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure | None:
        return next((each for each in self.figures if each.name == name), None)

    def and_also(self, other: "Cell") -> "Cell":
        """The runs of both; `other` is of the same fault and database."""
        return Cell(
            number=self.number,
            database=self.database,
            seeds=tuple(sorted((*self.seeds, *other.seeds))),
            broken=self.broken + other.broken,
            failed=self.failed + other.failed,
            acked=self.acked + other.acked,
            displays=self.displays + other.displays,
            at_rest=self.at_rest + other.at_rest,
            figures=_worst([(bool(cell.at_rest), cell.figures) for cell in (self, other)]),
        )


class ToldAlready(Exception):
    """The same run would count twice; the sentence says which."""


@dataclass(frozen=True)
class Digest:
    """Every fault's runs on every database they were staged on."""

    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, results: Sequence[Result]) -> "Digest":
        runs: dict[tuple[int, str], list[Result]] = defaultdict(list)
        for result in results:
            if result.staged:
                runs[result.number, result.database].append(result)
        return cls(tuple(_cell(runs[key]) for key in sorted(runs)))

    @classmethod
    def read(cls, file: Path) -> "Digest":
        cells = [
            Cell(**each | {"seeds": tuple(each["seeds"]), "figures": tuple(Figure(**one) for one in each["figures"])})
            for each in json.loads(file.read_text())
        ]
        return cls(tuple(cells))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps([asdict(cell) for cell in self.cells], indent=1) + "\n")

    def and_also(self, other: "Digest") -> "Digest":
        """The runs of both. Raises `ToldAlready` where both have a run of a fault with the same seed."""
        cells = {(cell.number, cell.database): cell for cell in self.cells}
        for cell in other.cells:
            known = cells.get((cell.number, cell.database))
            if known and not set(known.seeds).isdisjoint(cell.seeds):
                raise ToldAlready(f"Fault {cell.number} on {cell.database} has a run of these with the same seed.")
            cells[cell.number, cell.database] = known.and_also(cell) if known else cell
        return Digest(tuple(cells[key] for key in sorted(cells)))

    def cell(self, number: int, database: str) -> Cell | None:
        return next((each for each in self.cells if (each.number, each.database) == (number, database)), None)


def _cell(runs: Sequence[Result]) -> Cell:
    at_rest = [_load(run) <= REST for run in runs]
    return Cell(
        number=runs[0].number,
        database=runs[0].database,
        seeds=tuple(sorted(run.seed for run in runs)),
        broken=sum(_broken(run) for run in runs),
        failed=sum(_failed(run) for run in runs),
        acked=sum(run.acked for run in runs),
        displays=sum(run.displays for run in runs),
        at_rest=sum(at_rest),
        figures=_worst([(rested, run.figures) for rested, run in zip(at_rest, runs, strict=True)]),
    )


def _load(run: Result) -> float:
    return next((each.value for each in run.figures if each.name == "machine load"), float("inf"))


def _broken(run: Result) -> int:
    return run.lost + run.duplicated + run.reordered + run.leaked + run.wrong


def _failed(run: Result) -> bool:
    missed = any(not figure.ok for figure in run.figures if not _is_time(figure))
    return bool(_broken(run) or run.problems) or missed


def _is_time(figure: Figure) -> bool:
    return figure.unit == "s"


def _worst(parts: Sequence[tuple[bool, Sequence[Figure]]]) -> tuple[Figure, ...]:
    """The worst figure of each name; each part says whether it was measured at rest."""
    found: dict[str, list[tuple[bool, Figure]]] = defaultdict(list)
    for rested, figures in parts:
        for figure in figures:
            found[figure.name].append((rested, figure))
    return tuple(map(_worst_of, found.values()))


def _worst_of(measured: Sequence[tuple[bool, Figure]]) -> Figure:
    figures = [figure for rested, figure in measured if rested or not _is_time(figure)]
    figures = figures or [figure for _, figure in measured]
    missed = [figure for figure in figures if not figure.ok]
    pick = min if any(figure.at_most is None and figure.at_least is not None for figure in figures) else max
    return pick(missed or figures, key=lambda figure: figure.value)
