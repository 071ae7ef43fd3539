"""Measurements on disk: one JSON file a run of `bin/bench`."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.load.measured import Measured
from bench.machine import Machine
from bench.profile import Hot

FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measurement of one contestant. `setting` says what was varied; `extra` what the load cannot see."""

    scenario: str
    contestant: str
    repeat: int
    setting: dict[str, float | str]
    measured: Measured
    extra: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A step that could not be measured, and why."""

    step: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything of one run. `others` is the share of all cores that other programs used meanwhile; `profiles` are of
    Parley's worker, by scenario."""

    date: str
    command: str
    seconds: float
    machine: Machine
    others: float
    rows: list[Row]
    failures: list[Failure]
    profiles: dict[str, list[Hot]]

    def save(self, directory: Path) -> Path:
        directory.mkdir(exist_ok=True)
        path = directory / f"{self.date.replace(':', '')}.json"
        path.write_text(json.dumps({"format": FORMAT, **asdict(self)}, indent=1) + "\n")
        return path

    @classmethod
    def load(cls, path: Path) -> "Results":
        """Raises ValueError for a file of another format."""
        stored: dict[str, Any] = json.loads(path.read_text())
        if stored.pop("format") != FORMAT:
            raise ValueError(f"{path} is of another version of bin/bench")
        stored["machine"] = Machine(**stored["machine"])
        stored["rows"] = [Row(**{**row, "measured": Measured.read(row["measured"])}) for row in stored["rows"]]
        stored["failures"] = [Failure(**each) for each in stored["failures"]]
        stored["profiles"] = {name: [Hot(**each) for each in hot] for name, hot in stored["profiles"].items()}
        return cls(**stored)

    def of(self, scenario: str, contestant: str | None = None, **setting: float | str) -> "list[Row]":
        """The rows of a scenario, all repeats, with these settings."""
        return [
            row
            for row in self.rows
            if row.scenario == scenario
            and contestant in (None, row.contestant)
            and all(row.setting.get(name) == value for name, value in setting.items())
        ]

    def contestants(self, scenario: str) -> list[str]:
        """Who took part, in order of appearance."""
        return list(dict.fromkeys(row.contestant for row in self.of(scenario)))


def newest(directory: Path) -> Path:
    """The last run's file, else the reference. Raises FileNotFoundError."""
    found: Sequence[Path] = sorted(directory.glob("*.json"), key=lambda path: (path.stem != "reference", path.name))
    if not found:
        raise FileNotFoundError(f"no results in {directory}")
    return found[-1]
