"""What `docs/security.md` names is there."""

import ast
import re
from pathlib import Path

import pytest

from audit.__main__ import JUDGES
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_the_page_names_exists(path: str, name: str) -> None:
    assert (ROOT / path).exists()
    assert not name or name in functions(ROOT / path)


def test_the_page_names_tests() -> None:
    assert len(NAMED) > 50


def test_every_line_of_a_table_has_a_test_or_says_why_not() -> None:
    for line in re.findall(r"^\| .* \|$", PAGE, re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if cells[-1] in ("the test", "here", "result") or "bin/audit" in line or cells[0] in JUDGES:
            continue
        assert "tests/" in line or "there are none" in line or "there is none" in line or "cannot happen" in line, line


def test_the_page_and_the_command_name_the_same_judges() -> None:
    help_text = (ROOT / "bin" / "audit").read_text()
    for judge in JUDGES:
        assert f"| {judge} |" in PAGE
        assert re.search(rf"^  {judge} ", help_text, re.MULTILINE)
