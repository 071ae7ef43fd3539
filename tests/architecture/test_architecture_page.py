import re

from tests.architecture.layers import ROWS
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_the_page_has_the_rows_that_the_imports_are_held_to() -> None:
    rows = re.findall(r"^\| (`cha[^|]*) \|", PAGE, re.MULTILINE)
    told = [set(re.findall(r"`([a-z.]+)`", row)) for row in rows]
    assert told == [set(row) for row in ROWS]


def test_the_files_that_the_pages_name_exist() -> None:
    for page in [ROOT / "docs" / "architecture.md", *(ROOT / "docs" / "decisions").glob("*.md")]:
        for name in re.findall(
            r"\b(?:chat|chatproject|chaos|static|tests|docs|deploy|bench)/[\w/.-]*[\w/]", page.read_text()
        ):
            assert (ROOT / name).exists(), f"{page.name} names {name}"
