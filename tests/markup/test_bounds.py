"""Beyond these bounds a body is shown with less markup, whole and in time."""

import pytest

from chat.markup import render
from tests.markup.allowed import check


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
    assert 1 <= render(table * 30).count("<table>") <= 1000 // (columns * 10)


def test_hundreds_of_addresses_are_shown_plain() -> None:
    assert render("http://a.example " * 200).count("<a ") == 200
    assert "<a " not in render("http://a.example " * 201)


def test_hundreds_of_brackets_make_no_links() -> None:
    assert render("[a](http://b) " * 200).count(">a</a>") == 200
    assert ">a</a>" not in render("[a](http://b) " * 201)


def test_markup_that_grows_out_of_proportion_is_shown_plain() -> None:
    block = "```c\n" + ".a" * 40 + "\n```\n"
    assert render(block).startswith("<pre")
    assert render(block * 90).startswith("<p>```c<br>")
