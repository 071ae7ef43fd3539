"""Markdown as people write it in a chat, to HTML that is safe to put into the page."""

import html

from chat.markup.cleaning import clean
from chat.markup.parsing import TooMuch, to_html
from chat.markup.plain import plain

# Bytes of HTML for a character of the body, and what a few links may come to. Eight thousand characters then make no
# more than they do as plain text, where each is an ampersand.
MOST_GROWTH = 4
SMALL = 8000

QUICK = 500
_FENCES = ("```", "~~~")


def is_quick(body: str) -> bool:
    """Whether rendering the body takes no longer than a few milliseconds, whatever is in it."""
    # A language's first code takes as long as its lexer does to load.
    return len(body) <= QUICK and not any(fence in body for fence in _FENCES)


def render(body: str) -> str:
    """The body as safe HTML: CommonMark with tables, strikethrough, bare links, `@name` and `:emoji:`.

    The body is as `chat.text.clean_body` returns it. The result is the same every time, depends on nothing else and
    may be computed in any thread. A body nested too deep, or with too much markup for the work that a message is worth,
    or whose HTML would grow out of proportion, is shown as plain text.
    """
    return plain(body) or parsed(body)


def parsed(body: str) -> str:
    """What `render` returns, always by way of the parser."""
    try:
        result = clean(to_html(body))
    except TooMuch:
        return _escaped(body)
    return result if len(result.encode()) <= SMALL + MOST_GROWTH * len(body) else _escaped(body)


def _escaped(body: str) -> str:
    return f"<p>{html.escape(body, quote=False).replace(chr(10), '<br>')}</p>"
