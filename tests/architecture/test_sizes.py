"""A file that has grown is a file with two nouns in it."""

import pytest

from tests.architecture.sources import ROOT

LONGEST = 250
FILES = sorted(
    path
    for folder, ending in [("chat", "py"), ("chatproject", "py"), ("chaos", "py"), ("static", "js"), ("static", "css")]
    for path in (ROOT / folder).rglob(f"*.{ending}")
    if "migrations" not in path.parts
)


def test_there_are_files_to_measure() -> None:
    assert {path.suffix for path in FILES} == {".py", ".js", ".css"}


@pytest.mark.parametrize("path", [str(path.relative_to(ROOT)) for path in FILES])
def test_a_product_file_is_short(path: str) -> None:
    lines = len((ROOT / path).read_text().splitlines())
    assert lines <= LONGEST
