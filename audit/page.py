"""What the judges found as the generated table of docs/security.md."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from audit.tools import HERE, ROOT
from audit.verdict import Verdict

PAGE = ROOT / "docs" / "security.md"
REFERENCE = HERE / "reference.json"
"""The rows that the page shows."""
BEGIN, END = "<!-- audit -->", "<!-- /audit -->"


class MarkerMissing(Exception):
    """The page has lost a marker."""


@dataclass(frozen=True)
class Row:
    """What a judge that passed said, and on which day."""

    judge: str
    looked_at: str
    found: str
    day: str


def write(name: str, verdict: Verdict, *, order: Sequence[str]) -> None:
    """Put a judge's verdict into the reference and the page, in the place of its last one; `order` is the rows'."""
    day = datetime.now(UTC).date().isoformat()
    rows = {row.judge: row for row in read(REFERENCE)} | {name: Row(name, verdict.looked_at, verdict.found, day)}
    kept = [rows[each] for each in order if each in rows]
    text = filled(PAGE.read_text(), kept)
    REFERENCE.write_text(json.dumps([asdict(row) for row in kept], indent=1) + "\n")
    PAGE.write_text(text)


def read(reference: Path) -> list[Row]:
    return [Row(**row) for row in json.loads(reference.read_text())]


def filled(text: str, rows: Sequence[Row]) -> str:
    """The page with these rows between its markers. Raises `MarkerMissing`."""
    if (text.count(BEGIN), text.count(END)) != (1, 1):
        raise MarkerMissing(BEGIN)
    before, _, rest = text.partition(BEGIN)
    lines = [f"| {row.judge} | {row.looked_at} | {row.found} | {row.day} |" for row in rows]
    table = "\n".join(["| judge | what it looked at | result | on |", "|---|---|---|---|", *lines])
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}"
