"""What hostile markup costs: no more than its length, however long it is."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest

from chat import markup
from chat.actions import messages
from chat.errors import ChatError, MessageTooLong
from chat.markup import render
from chat.markup.code import LANGUAGES
from chat.text import clean_body
from tests.markup.allowed import check
from tests.markup.worst import LENGTH, WORST

BOUND = 0.1
"""Seconds of the processor; some three times what the worst of them takes."""

SHORT, LONG = 16_384, 65_536
MOST_GROWTH = 8
"""Four times the text costs four times as much, and sixteen times where the cost is quadratic."""
ATTEMPTS = 12
"""On a machine that others keep busy the least of four was twice what it takes."""
TOO_LITTLE = 0.02
"""Seconds below which nothing can be told."""

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
        " @aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
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
    _in_time(_closed(unit, LENGTH))


@pytest.mark.parametrize("body", WORST)
def test_the_worst_messages_that_are_known_render_in_time(body: str) -> None:
    _in_time(body)


def test_what_is_rendered_on_the_event_loop_is_a_small_part_of_the_worst() -> None:
    for body in WORST:
        assert not markup.is_quick(body)
        assert markup.is_quick(body[: markup.QUICK])
        assert not markup.is_quick(f"```py\n{body[:100]}\n```")


@pytest.mark.parametrize("unit", UNITS)
def test_64_kb_of_it_cost_no_more_than_their_length(unit: str) -> None:
    render("warm")
    _grows_no_faster(render, (unit * SHORT)[:SHORT], (unit * LONG)[:LONG])
    _grows_no_faster(render, _closed(unit, SHORT), _closed(unit, LONG))


@pytest.mark.parametrize("unit", ["a", " ", "\n", "\r", " \n", "\t\n \n", "\u200b", "\u0316\u0300"])
def test_64_kb_are_cleaned_in_time_for_their_length(unit: str) -> None:
    def cleaned(text: str) -> None:
        with suppress(ChatError):
            clean_body(text, limit=LENGTH)

    _grows_no_faster(cleaned, (unit * SHORT)[:SHORT], (unit * LONG)[:LONG])


def test_a_catastrophe_would_be_found() -> None:
    spaces = re.compile(r"\s+$")
    with pytest.raises(AssertionError):
        _grows_no_faster(spaces.search, " " * 1024 + "x", " " * 4096 + "x")


@pytest.mark.parametrize("length", [LENGTH + 1, LONG, 2**20])
def test_a_message_that_is_too_long_is_refused_before_it_is_rendered(
    length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markup, "render", pytest.fail)
    with pytest.raises(MessageTooLong):
        messages.compose(author_id=1, room_id=1, key=UUID(int=1), body="[" * length)


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


def _closed(unit: str, length: int) -> str:
    return (unit * length)[: length // 2] + "]" * (length // 2)


def _grows_no_faster(work: Callable[[str], object], short: str, long: str) -> None:
    # The least of several attempts: other programs only ever add to the time.
    least = [_seconds(work, short), _seconds(work, long)]
    for _ in range(ATTEMPTS):
        if least[1] < TOO_LITTLE or least[1] < MOST_GROWTH * least[0]:
            return
        least = [min(least[0], _seconds(work, short)), min(least[1], _seconds(work, long))]
    assert least[1] < MOST_GROWTH * least[0], (
        f"{len(long) / len(short):g} times the text took {least[1] / least[0]:.1f} times as long"
    )


def _seconds(work: Callable[[str], object], text: str) -> float:
    start = time.thread_time()
    work(text)
    return time.thread_time() - start


def _in_time(body: str) -> None:
    # The least of several attempts, as above.
    assert any(_seconds(render, body) < BOUND for _ in range(ATTEMPTS))
    check(render(body))
