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
    """All runs of one fault on one database. `figures`: the worst of the runs `at_rest`, or of all where none was."""

    number: int
    database: str
    runs: int
    broken: int
    """Messages that were lost, duplicated, reordered, leaked or wrong."""
    failed: int
    """Runs in which something broke or went wrong, whatever the time it took."""
    acked: int
    displays: int
    at_rest: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure | None:
        return next((each for each in self.figures if each.name == name), None)

    def and_also(self, other: "Cell") -> "Cell":
        """The runs of both; `other` is of the same fault and database."""
        telling = [cell for cell in (self, other) if cell.at_rest] or [self, other]
        return Cell(
            number=self.number,
            database=self.database,
            runs=self.runs + other.runs,
            broken=self.broken + other.broken,
            failed=self.failed + other.failed,
            acked=self.acked + other.acked,
            displays=self.displays + other.displays,
            at_rest=self.at_rest + other.at_rest,
            figures=_worst([cell.figures for cell in telling]),
        )


@dataclass(frozen=True)
class Digest:
    """Every fault's runs on every database they were staged on."""

    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, results: Sequence[Result]) -> "Digest":
        runs: dict[tuple[int, str], list[Result]] = defaultdict(list)
        for result in results:
            if result.sent or result.problems:
                runs[result.number, result.database].append(result)
        return cls(tuple(_cell(runs[key]) for key in sorted(runs)))

    @classmethod
    def read(cls, file: Path) -> "Digest":
        cells = [
            Cell(**each | {"figures": tuple(Figure(**figure) for figure in each["figures"])})
            for each in json.loads(file.read_text())
        ]
        return cls(tuple(cells))

    def write(self, file: Path) -> None:
        file.write_text(json.dumps([asdict(cell) for cell in self.cells], indent=1) + "\n")

    def and_also(self, other: "Digest") -> "Digest":
        """The runs of both."""
        cells = {(cell.number, cell.database): cell for cell in self.cells}
        for cell in other.cells:
            known = cells.get((cell.number, cell.database))
            cells[cell.number, cell.database] = known.and_also(cell) if known else cell
        return Digest(tuple(cells[key] for key in sorted(cells)))

    def cell(self, number: int, database: str) -> Cell | None:
        return next((each for each in self.cells if (each.number, each.database) == (number, database)), None)


def _cell(runs: Sequence[Result]) -> Cell:
    at_rest = [run for run in runs if _load(run) <= REST]
    broken = [run.lost + run.duplicated + run.reordered + run.leaked + run.wrong for run in runs]
    return Cell(
        number=runs[0].number,
        database=runs[0].database,
        runs=len(runs),
        broken=sum(broken),
        failed=sum(bool(count or run.problems) for count, run in zip(broken, runs, strict=True)),
        acked=sum(run.acked for run in runs),
        displays=sum(run.displays for run in runs),
        at_rest=len(at_rest),
        figures=_worst([run.figures for run in at_rest or runs]),
    )


def _load(run: Result) -> float:
    return next((each.value for each in run.figures if each.name == "machine load"), float("inf"))


def _worst(runs: Sequence[Sequence[Figure]]) -> tuple[Figure, ...]:
    by_name: dict[str, list[Figure]] = defaultdict(list)
    for figures in runs:
        for figure in figures:
            by_name[figure.name].append(figure)
    return tuple(
        (min if any(each.at_least is not None for each in figures) else max)(figures, key=lambda each: each.value)
        for figures in by_name.values()
    )
