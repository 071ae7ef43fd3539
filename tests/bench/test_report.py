"""Numbers, tables, plots and the page's markers."""

import xml.etree.ElementTree as tree
from pathlib import Path

import pytest

from bench.places import PAGE
from bench.profile import hottest
from bench.report.markdown import number, table
from bench.report.page import MarkerMissing, put
from bench.report.sections import SECTIONS
from bench.report.svg import Line, lines
from bench.results import Results
from tests.bench.rows import results, row


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.704, "0.70"), (15.26, "15.3"), (345.6, "346"), (1234.0, "1,230"), (1_254_321.0, "1,250,000")],
)
def test_numbers_have_three_digits(value: float | None, text: str) -> None:
    assert number(value) == text


def test_a_table_is_markdown() -> None:
    assert table(["a", "b"], [["c", "1"]]).splitlines() == ["| a | b |", "| --- | ---: |", "| c | 1 |"]


def test_a_part_replaces_the_part_before_it() -> None:
    text = "x\n<!-- bench a -->\nold\n<!-- /bench a -->\ny\n"
    assert put(text, "a", "new") == "x\n<!-- bench a -->\n\nnew\n\n<!-- /bench a -->\ny\n"
    assert put(put(text, "a", "one"), "a", r"\1") == put(text, "a", r"\1")
    with pytest.raises(MarkerMissing):
        put(text, "b", "new")


def test_the_page_has_a_place_for_every_part() -> None:
    text = PAGE.read_text()
    for name in SECTIONS:
        put(text, name, "")


def test_every_part_can_be_written_without_measurements() -> None:
    for section in SECTIONS.values():
        assert isinstance(section(results()), str)


def test_a_plot_is_well_formed_and_inside_its_frame() -> None:
    drawing = tree.fromstring(lines("a < b", x="x", y="y", series=[Line("one & two", [(10, 0.7), (5000, 124)])]))
    frame = [float(each) for each in drawing.attrib["viewBox"].split()]
    circles = [each for each in drawing.iter() if each.tag.endswith("circle")]
    assert len(circles) == 2
    assert all(0 < float(each.attrib["cx"]) < frame[2] and 0 < float(each.attrib["cy"]) < frame[3] for each in circles)


def test_results_survive_the_disk(tmp_path: Path) -> None:
    stored = results(row("x", "a", setting={"sockets": 5}, delivered=7, back_seconds=[1.0, 2.0, 3.0]))
    assert Results.load(stored.save(tmp_path)) == stored


def test_a_profile_counts_functions_and_not_lines() -> None:
    main, write = "main (a/b/run.py:1)", "write (x/y/z.py:{})"
    folded = f"{main};{write.format(1)} 3\n{main};{write.format(9)} 1\n{main} 1\n"
    first, second = hottest(folded)
    assert (first.function, first.own, first.total) == ("main (a/b/run.py)", 0.2, 1.0)
    assert (second.function, second.own, second.total) == ("write (x/y/z.py)", 0.8, 0.8)


def test_a_profile_shows_the_product_even_where_others_do_the_work() -> None:
    others = "".join(f"send (chat/actions/messages.py:7);other{each} (django/db.py:1) 10\n" for each in range(20))
    assert "send (chat/actions/messages.py)" in [each.function for each in hottest(others)]
