"""Tables and numbers as people read them."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are right-aligned."""
    lines = [_line(head), _line(["---", *["---:"] * (len(head) - 1)]), *map(_line, rows)]
    return "\n".join(lines)


def number(value: float | None, unit: str = "") -> str:
    """Three significant digits, thousands separated; a dash where there is nothing."""
    if value is None:
        return "-"
    if value >= 1000:
        digits = len(str(int(value))) - 3
        text = f"{round(value, -digits):,.0f}"
    elif value >= 100:
        text = f"{value:.0f}"
    else:
        text = f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return f"{text} {unit}".rstrip()


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
