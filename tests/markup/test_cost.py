import time

import pytest

from chat.markup import render
from chat.markup.code import LANGUAGES
from tests.markup.allowed import check

LENGTH = 8000
BOUND = 1.0
"""Seconds; ten times what an idle machine of 2020 needs."""

UNITS = [
    *("[", "![", "[a](", "[a](<b", "![[", "](", "[![", "[a](http://a.b)", "<http://a.b>", "\n[", "![\n"),
    *(
        "*",
        "**a",
        "*a ",
        "*a_ ",
        "_a__",
        "~~a",
        "***a** b",
        "`",
        "`a``",
        "\\",
        "\\[",
        "&",
        "&amp;",
        "&#1;",
        "<",
        "<a",
        "<!--",
    ),
    *(
        "http://",
        "http://a.b ",
        "https://[",
        "https://[[",
        "http://a.b?",
        ":",
        "://",
        "a:",
        "mailto:",
        "a@b.c ",
        "a@",
        "@ab ",
        "@",
    ),
    *(
        ":tada:",
        ":a",
        "::",
        "a\n",
        "\n",
        "\n\na",
        "- ",
        "-\n",
        "- a\n",
        "> ",
        ">\n",
        "1.\n",
        "* ",
        "# ",
        "#\n",
        "    a\n",
    ),
    *(
        "|",
        "-\n|",
        "|-",
        "|-\n",
        "|-|\n",
        "|a|\n|-|\n",
        "a|b\n-|-\n",
        "```\n",
        "```py\n",
        "~~~\n",
        "=\n",
        "a\n-\n",
        "[a]: b\n",
    ),
    *("é", "한", "😀", "\u0300", "\u202e", "<b>", "</", '"', "'", "a", "a ", "www.a.b "),
]
CODE = [
    "a ",
    "\t",
    " ",
    '\\"',
    '"\\',
    "/*",
    "/* a\n",
    "<",
    "<a",
    "(",
    "{",
    "$(",
    "'",
    '"',
    "`",
    "#",
    "a.",
    "=",
    ":",
    ".a",
    'r#"',
    "<<A\n",
]


@pytest.mark.parametrize("unit", UNITS)
def test_a_repeated_piece_of_markup_renders_in_time(unit: str) -> None:
    body = (unit * LENGTH)[:LENGTH]
    render("warm")
    _in_time(body)
    _in_time("[" + body[1:])
    _in_time((unit * LENGTH)[: LENGTH // 2] + "]" * (LENGTH // 2))


def test_brackets_within_brackets_render_in_time() -> None:
    for depth in (10, 100, 1000):
        _in_time(("[" * depth + "a" + "](http://a.b)" * depth)[:LENGTH])
        _in_time("\n".join("  " * level + "- a" for level in range(depth))[:LENGTH])
        _in_time("\n".join(">" * level + " a" for level in range(depth))[:LENGTH])
        _in_time(" ".join("`" * level for level in range(depth))[:LENGTH])


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_hostile_code_renders_in_time(language: str) -> None:
    render(f"```{language}\nwarm\n```")
    for unit in CODE:
        text = (unit * LENGTH)[: LENGTH - 60]
        _in_time(f"```{language}\n{text}\n```")
        lines = "\n".join(text[start : start + 200] for start in range(0, 5600, 200))
        _in_time(f"```{language}\n{lines}\n```")


def _in_time(body: str) -> None:
    start = time.thread_time()
    html = render(body)
    assert time.thread_time() - start < BOUND
    check(html)
