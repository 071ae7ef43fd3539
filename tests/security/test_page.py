"""What `docs/security.md` names is there."""

import ast
import re
from pathlib import Path

import pytest

from audit import page
from audit.__main__ import JUDGES
from audit.fuzz.corpus import CORPUS
from audit.judges import bandit, csp, frames
from chat.api.root import api
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
        if cells[-1] in ("the test", "here", "on") or "bin/audit" in line or cells[0] in JUDGES:
            continue
        assert "tests/" in line or "there are none" in line or "there is none" in line or "cannot happen" in line, line


def test_the_page_and_the_command_name_the_same_judges() -> None:
    help_text = (ROOT / "bin" / "audit").read_text()
    for judge in JUDGES:
        assert f"| {judge} |" in PAGE
        assert re.search(rf"^  {judge} ", help_text, re.MULTILINE)


def test_the_table_of_judges_is_what_the_last_runs_found() -> None:
    rows = page.read(page.REFERENCE)
    assert [row.judge for row in rows] == list(JUDGES)
    assert page.filled(PAGE, rows) == PAGE


def test_the_table_tells_of_judges_that_looked_at_what_there_is_now() -> None:
    """Whoever adds much, or makes the judges look at more, runs `bin/audit --page` again."""
    looked_at = {row.judge: row.looked_at for row in page.read(page.REFERENCE)}
    lines = sum(_lines(ROOT / source) for source in bandit.sources())
    assert _number(looked_at["bandit"]) == pytest.approx(lines, rel=0.1)
    assert f"{frames.ROUNDS * len(CORPUS):,} malformed frames" in looked_at["frames"]
    assert f"{len(csp.PAGES)} kinds of page" in looked_at["csp"]
    assert f"the {len(_operations())} operations" in looked_at["schemathesis"]


def test_a_page_without_its_markers_is_not_written() -> None:
    with pytest.raises(page.MarkerMissing):
        page.filled("# Security", [])


def _lines(path: Path) -> int:
    """As bandit counts them: neither blank nor a comment."""
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in path.read_text().splitlines())


def _number(text: str) -> int:
    found = re.search(r"\d[\d,]*", text)
    assert found is not None
    return int(found[0].replace(",", ""))


def _operations() -> list[str]:
    paths = api.get_openapi_schema()["paths"]
    return [f"{method} {path}" for path, methods in paths.items() for method in methods]
