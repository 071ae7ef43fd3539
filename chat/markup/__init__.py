"""Markdown as people write it in a chat, to HTML that is safe to put into the page."""

import html

from chat.markup.cleaning import clean
from chat.markup.parsing import TooDeep, to_html
from chat.markup.plain import plain

VERSION: int = 1
"""Changes whenever the same body may render differently; stored HTML of another version is rendered anew."""

_MOST_GROWTH = 12
_SMALL = 2000


def render(body: str) -> str:
    """The body as safe HTML: CommonMark with tables, strikethrough, bare links, `@name` and `:emoji:`.

    The body is as `chat.text.clean_body` returns it. The result is the same every time, depends on nothing else and
    may be computed in any thread. A body nested too deep, or whose HTML would grow out of proportion, is shown as
    plain text.
    """
    return plain(body) or parsed(body)


def parsed(body: str) -> str:
    """What `render` returns, always by way of the parser."""
    try:
        result = clean(to_html(body))
    except TooDeep:
        return _escaped(body)
    return result if len(result) <= _SMALL + _MOST_GROWTH * len(body) else _escaped(body)


def _escaped(body: str) -> str:
    return f"<p>{html.escape(body, quote=False).replace(chr(10), '<br>')}</p>"
