"""Tables of who may do what, as text: one row a kind of room, one column a role."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.security.matrix.scenes import KINDS, ROLES

PAGE = (Path(__file__).parents[3] / "docs" / "permissions.md").read_text()
WIDTH, FIRST = 14, 19


def drawn(answers: Mapping[tuple[str, str], str]) -> str:
    """The table with the answer for each kind and role."""
    head = _line("", ROLES)
    return "\n".join([head, *(_line(kind, [answers[kind, role] for role in ROLES]) for kind in KINDS)])


def promised(section: str) -> dict[str, str]:
    """The tables of a section of the page, by heading."""
    [body] = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r"^### ([^\n]+)\n\n```text\n(.*?)\n```$", body, re.MULTILINE | re.DOTALL))


def row(table: str, kind: str) -> dict[str, str]:
    """What a table says of a kind of room, by role."""
    [line] = [each for each in table.splitlines()[1:] if each[:FIRST].strip() == kind]
    starts = [FIRST + WIDTH * number for number in range(len(ROLES))]
    return {role: line[start : start + WIDTH].strip() for role, start in zip(ROLES, starts, strict=True)}


def _line(first: str, cells: list[str]) -> str:
    return (first.ljust(FIRST) + "".join(cell.ljust(WIDTH) for cell in cells)).rstrip()
