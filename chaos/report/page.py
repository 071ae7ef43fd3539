"""The report as one HTML file without anything to fetch."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from chaos.report.plot import plot
from chaos.result import Result

STYLE = """
:root { color-scheme: light dark; --ink: #1a1d21; --dim: #5c6470; --paper: #fff; --line: #d8dce2; --band: #d9480f;
  --sends: #1864ab; --shown: #2b8a3e; --slow: #ae3ec9; --bad: #c92a2a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --dim: #9aa3af; --paper: #14171a; --line: #343a42;
  --band: #ff922b; --sends: #74c0fc; --shown: #8ce99a; --slow: #e599f7; --bad: #ff8787; } }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.05rem; margin: 2.2rem 0 .3rem; }
.dim { color: var(--dim); } .bad { color: var(--bad); font-weight: 600; }
.total { font: 600 1.1rem ui-monospace, monospace; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; }
th:nth-child(4), td:nth-child(4) { text-align: left; }
svg { display: block; height: auto; width: 100%; }
svg text { fill: var(--dim); font: 11px system-ui, sans-serif; }
.axis { stroke: var(--line); } .band { fill: var(--band); fill-opacity: .16; } .edge { stroke: var(--band); }
.sends { stroke: var(--sends); } .shown { stroke: var(--shown); } .slow { stroke: var(--slow); }
.sends, .shown, .slow { fill: none; stroke-width: 1.4; }
pre { white-space: pre-wrap; }
"""
COLUMNS = ["fault", "database", "seed", "what", "acked", "lost", "duplicated", "reordered", "leaked", "verdict"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """What the page says of one run."""

    row: str
    section: str

    @classmethod
    def of(cls, result: Result) -> "Part":
        return cls(row=_row(result), section=_section(result) if result.staged else "")


def render(parts: Sequence[Part], *, total: str) -> str:
    rows = "".join(part.row for part in parts)
    head = "".join(f"<th scope=col>{column}</th>" for column in COLUMNS)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Parley under faults</title><style>{STYLE}</style><h1>Parley under faults</h1>"
        f'<p class="total">{escape(total)}</p>'
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        + "".join(part.section for part in parts)
    )


def _row(result: Result) -> str:
    if not result.staged:
        verdict = f'<span class="dim">left out: {escape("; ".join(result.notes))}</span>'
    else:
        verdict = "ok" if result.ok else '<span class="bad">failed</span>'
    numbers = (result.acked, result.lost, result.duplicated, result.reordered, result.leaked)
    cells = [result.number, result.database, result.seed, escape(result.title), *numbers, verdict]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _section(result: Result) -> str:
    figures = ", ".join(
        escape(str(figure)) if figure.ok else f'<span class="bad">{escape(str(figure))}</span>'
        for figure in result.figures
    )
    problems = f'<pre class="bad">{escape(chr(10).join(result.problems))}</pre>' if result.problems else ""
    heading = f"{result.number}. {escape(result.title)}"
    return (
        f'<h2>{heading} <span class="dim">{result.database}, seed {result.seed}</span></h2>'
        f"{plot(result)}<p>{figures}</p>{problems}"
    )
