"""Beyond these bounds a body is shown with less markup, whole and in time."""

import re

import pytest

from chat.markup import MOST_GROWTH, SMALL, render
from chat.markup.code import COLOURED
from chat.markup.inline import MOST_MENTIONS
from tests.architecture.sources import ROOT
from tests.markup.allowed import check
from tests.markup.worst import LARGEST


@pytest.mark.parametrize(
    "code", ["x = 1\n" * 201, "x" * 300, "x = 1\n" * 100 + "#" * 6000, "\\'" * 101, " " * 50 + "x"]
)
def test_long_or_hostile_code_is_shown_without_colours(code: str) -> None:
    html = render(f"```python\n{code}\n```")
    assert html.startswith('<pre class="highlight"><code>')
    assert "<span" not in html


def test_two_hundred_lines_of_code_have_colours() -> None:
    assert "<span" in render("```python\n" + "x = 1\n" * 200 + "```")


@pytest.mark.parametrize(
    "body", ["> " * 60 + "deep", "*a " * 60 + "*" * 60, "- " * 60 + "deep", "**a " * 50 + "b" + "**" * 50]
)
def test_text_nested_too_deep_is_shown_plain_and_whole(body: str) -> None:
    assert check(render(body)) == body


def test_a_huge_table_is_shown_plain() -> None:
    body = "|" * 41 + "\n" + "|-" * 40 + "|\n" + "|\n" * 100
    assert "<table>" not in render(body)


def test_many_tables_share_one_bound() -> None:
    columns = 20
    table = "|a" * columns + "|\n" + "|-" * columns + "|\n" + "|\n" * 10 + "\n"
    assert 1 <= render(table * 8).count("<table>") <= 1000 // (columns * 10)


def test_hundreds_of_addresses_are_shown_plain() -> None:
    assert render("http://a.example " * 200).count("<a ") == 200
    assert "<a " not in render("http://a.example " * 201)


def test_hundreds_of_brackets_make_no_links() -> None:
    assert render("[a](http://b) " * 200).count(">a</a>") == 200
    assert ">a</a>" not in render("[a](http://b) " * 201)


def test_markup_that_grows_out_of_proportion_is_shown_plain() -> None:
    address = "http://a.example/" + "한" * 22 + " "
    assert render(address).startswith('<p><a href="http://a.example/%ED%95%9C')
    assert render(address * 199).startswith("<p>http://a.example/한")


def test_more_markup_than_a_message_is_worth_is_shown_plain() -> None:
    body = "*a* " * 1999 + "*a*"
    assert "<em>" in render(body[:999])
    assert render(body) == f"<p>{body}</p>"


def test_a_long_page_of_ordinary_markup_is_shown_with_it() -> None:
    page = "# A heading\n\nSome *words* of text, `code` and a [link](http://a.example/).\n\n- one\n- two\n\n"
    assert render(page * 30).count("<em>") == 30
    assert render("- an item of a list\n" * 120).count("<li>") == 120


def test_the_first_hundred_mentions_are_mentions_and_the_rest_is_text() -> None:
    html = render("@ann @ben\n\n" * 60)
    assert html.count('<span class="mention"') == MOST_MENTIONS
    assert check(html).count("@ann") == check(html).count("@ben") == 60


def test_colours_share_one_bound() -> None:
    block = "```c\n" + "1;\n" * 40 + "```\n"
    assert 0 < render(block * 60).count('<span class="mi">') < 60 * 40


def test_only_what_the_page_has_a_colour_for_is_marked() -> None:
    page = (ROOT / "static" / "chat" / "css" / "prose.css").read_text().partition(".highlight {")[2]
    assert frozenset(re.findall(r"\.([a-z]+[a-z0-9]*)(?=[ ,])", page)) - {"lineno"} == COLOURED


@pytest.mark.parametrize("body", LARGEST)
def test_no_html_is_larger_than_plain_text_may_be(body: str) -> None:
    assert len(render(body).encode()) <= SMALL + MOST_GROWTH * len(body) + len("<p></p>")
