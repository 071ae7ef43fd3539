"""A result in a few lines for the terminal, and as JSON."""

import json
from pathlib import Path
from typing import Any

from chaos.figure import Figure
from chaos.result import Curves, Result, Spell


def text(result: Result) -> str:
    """The verdict first, then what was measured, then the evidence."""
    if result.notes and not result.staged:
        return f"{result.number:>2} {result.database:8} left out: {'; '.join(result.notes)}"
    lines = [
        f"{result.number:>2} {result.database:8} seed {result.seed}  {'ok  ' if result.ok else 'FAIL'} {result.title}",
        f"   acked {result.acked} of {result.sent}, shown {result.displays} times; lost {result.lost}  duplicated "
        f"{result.duplicated}  reordered {result.reordered}  leaked {result.leaked}"
        + (f"  wrong {result.wrong}" if result.wrong else "")
        + f"; {result.seconds:.0f} s",
    ]
    if result.figures:
        lines.append("   " + ", ".join(str(figure) for figure in result.figures))
    lines += [f"   note: {note}" for note in result.notes]
    lines += [f"   {line}" for problem in result.problems for line in problem.splitlines()]
    return "\n".join(lines)


def entry(result: Result) -> str:
    """All of it as JSON, in one line."""
    return json.dumps({**vars(result), "ok": result.ok}, default=vars)


def read(file: Path) -> list[Result]:
    """The results of a `report.json`. Raises TypeError or KeyError for any other file."""
    return [_result(data) for data in json.loads(file.read_text())]


def _result(data: dict[str, Any]) -> Result:
    data.pop("ok")
    figures = [Figure(**each) for each in data.pop("figures")]
    spells = [Spell(**each) for each in data.pop("spells")]
    return Result(**data | {"figures": figures, "spells": spells, "curves": Curves(**data["curves"])})
