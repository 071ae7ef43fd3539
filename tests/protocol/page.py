"""`docs/protocol.md` as data: its tables and its examples."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "protocol.md"

_ARROW = re.compile(r"^(=>|<=) ", re.MULTILINE)


@dataclass(frozen=True)
class Table:
    """A Markdown table: the names of its columns, and its rows as column to cell."""

    columns: list[str]
    rows: list[dict[str, str]]

    def column(self, name: str) -> list[str]:
        """The cells of a column, without backticks around them."""
        return [row[name].strip("`") for row in self.rows]


@dataclass(frozen=True)
class Section:
    """What stands under one heading, as far as the next of any level."""

    chapter: str
    title: str
    text: str
    tables: list[Table] = field(default_factory=list)

    def table(self, *columns: str) -> Table:
        """The section's table with these columns, empty where it has none. Raises ValueError where it has several."""
        found = [table for table in self.tables if table.columns == list(columns)]
        if len(found) > 1:
            raise ValueError(f"{self.title}: {len(found)} tables with {columns}")
        return found[0] if found else Table(list(columns), [])


@dataclass(frozen=True)
class Line:
    """One line of a conversation: `=>` or `<=`, and what was said."""

    arrow: str
    said: str


def sections(text: str) -> list[Section]:
    """Every section of a page, in order; those under a `##` have it as their chapter."""
    found, chapter = [], ""
    for part in re.split(r"^(?=#{1,3} )", text, flags=re.MULTILINE):
        heading, _, body = part.partition("\n")
        level, _, title = heading.partition(" ")
        chapter = title if level == "##" else chapter
        found.append(Section(chapter, title.strip("`"), body, list(_tables(body))))
    return found


def conversations(text: str) -> list[list[Line]]:
    """Every fenced block of a page as the lines spoken in it. Raises ValueError for one that begins with no arrow."""
    found = []
    for block in re.findall(r"^```text\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL):
        before, *pieces = _ARROW.split(block)
        if before or not pieces:
            raise ValueError(f"not a conversation: {block}")
        found.append([Line(arrow, said.strip()) for arrow, said in zip(pieces[::2], pieces[1::2], strict=True)])
    return found


def _tables(body: str) -> Iterator[Table]:
    prose = re.sub(r"^```.*?^```$", "", body, flags=re.MULTILINE | re.DOTALL)
    for block in re.findall(r"(?:^\|.*\|\n)+", prose, flags=re.MULTILINE):
        header, rule, *rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in block.splitlines()]
        if set(rule) != {"---"} or any(len(row) != len(header) for row in [rule, *rows]):
            raise ValueError(f"a crooked table:\n{block}")
        yield Table(header, [dict(zip(header, row, strict=True)) for row in rows])
