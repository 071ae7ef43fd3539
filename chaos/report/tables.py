"""The digest as the generated parts of docs/reliability.md."""

from pathlib import Path

from chaos.faults import registry
from chaos.faults.fault import Engine, Fault
from chaos.figure import Figure
from chaos.report.digest import REST, Cell, Digest
from chaos.report.goals import GOALS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "reliability.md"
REFERENCE = ROOT / "chaos" / "results" / "reference.json"
"""The digest that the page shows."""
ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")


class MarkerMissing(Exception):
    """The page has lost a marker."""


def filled(text: str, digest: Digest) -> str:
    """The page with the digest's parts between its markers. Raises `MarkerMissing`."""
    for name, section in SECTIONS.items():
        begin, end = f"<!-- chaos {name} -->", f"<!-- /chaos {name} -->"
        if (text.count(begin), text.count(end)) != (1, 1):
            raise MarkerMissing(name)
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n\n{section(digest)}\n\n{end}{rest.partition(end)[2]}"
    return text


def runs(digest: Digest) -> str:
    """How much was staged, in two sentences."""
    staged = sum(len(cell.seeds) for cell in digest.cells)
    acked = sum(cell.acked for cell in digest.cells)
    displays = sum(cell.displays for cell in digest.cells)
    at_rest = sum(cell.at_rest for cell in digest.cells)
    return (
        f"{staged:,} runs, {acked:,} acknowledged messages, shown {displays:,} times. "
        f"{at_rest:,} of the runs were at rest: the machine's load was {REST:g} or less."
    )


def faults(digest: Digest) -> str:
    """A row for each fault."""
    rows = [_row(registry.ALL[number], digest) for number in sorted(registry.ALL)]
    return "\n".join(["| # | fault | what must hold | SQLite | PostgreSQL |", "|---|---|---|---|---|", *rows])


def goals(digest: Digest) -> str:
    """A row for each goal, the promise first."""
    broken = sum(cell.broken for cell in digest.cells)
    failed = sum(cell.failed for cell in digest.cells)
    rows = [
        f"| acknowledged messages lost, duplicated, reordered or leaked | 0 | {broken} |",
        f"| runs in which a client stayed behind, or anything else than time missed its bound | 0 | {failed} |",
    ]
    for goal in GOALS:
        worst = goal.worst(digest)
        bound = goal.at_most if goal.at_most is not None else goal.at_least
        numbers = ", ".join(map(str, goal.faults))
        measured = "not run" if worst is None else _value(worst)
        rows.append(f"| {goal.what} ({numbers}) | {bound:g} {goal.unit} | {measured} |")
    return "\n".join(["| what | goal | worst |", "|---|---|---|", *rows])


SECTIONS = {"runs": runs, "faults": faults, "goals": goals}


def _row(fault: type[Fault], digest: Digest) -> str:
    cells = [_text(fault, engine, digest.cell(fault.number, engine)) for engine in ENGINES]
    return f"| {fault.number} | {fault.title} | {fault.promise} | {' | '.join(cells)} |"


def _text(fault: type[Fault], engine: Engine, cell: Cell | None) -> str:
    if engine not in fault.engines:
        return "does not apply: no server, no connections"
    if cell is None:
        return "not run"
    broken = f"**{cell.broken}**" if cell.broken else "0"
    parts = [f"{broken} of {cell.acked:,} in {len(cell.seeds)} {'runs' if len(cell.seeds) > 1 else 'run'}"]
    if cell.failed:
        parts.append(f"**{cell.failed} failed**")
    parts += [f"{name} {_value(figure)}" for name in fault.shown if (figure := cell.figure(name)) is not None]
    if not cell.at_rest:
        parts.append("never at rest")
    return "; ".join(parts)


def _value(figure: Figure) -> str:
    """The value with its unit; bold where its bound was missed."""
    value = figure.value
    number = f"{value:,.0f}" if not value % 1 else f"{value:,.2f}" if abs(value) >= 0.01 else "<0.01"
    text = f"{number} {figure.unit}".strip()
    return text if figure.ok else f"**{text}**"
