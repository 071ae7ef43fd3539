"""Colours for code in the languages people paste."""

import html
import re
from collections.abc import Iterator
from itertools import groupby, islice

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.token import _TokenType as TokenType

MOST_LINES = 200
MOST_CHARACTERS = 6000
MOST_ESCAPED_QUOTES = 100
MOST_PIECES = 3000
"""Of all the code in a message, as Pygments takes it apart."""
# What the spans of a block may come to: this many times its code, and as much again as a short one needs.
MOST_GROWTH = 4
MOST_ALONE = 2000

# What the page has a colour for (`static/chat/css/prose.css`). Pygments names every blank and bracket as well.
_COLOURED = """
    bp c c1 ch cm cp cpf cs dl err fm gc gd ge gh gi go gp gr gs gu il k kc kd kn kp kr kt m mb mf mh mi mo na nb nc nd
    ne nf nn no nt ow s s1 s2 sa sb sc sd se sh si sr ss sx
"""
COLOURED = frozenset(_COLOURED.split())

# Chosen, not all that Pygments knows: each is cheap to load, and quick on whatever `_is_tame` lets through.
_LANGUAGES = """
    bash bat c cmake console cpp csharp css dart diff docker elixir erlang go graphql groovy haskell html http ini
    javascript json kotlin lua make markdown nginx objective-c ocaml perl php powershell protobuf python pycon pytb
    r ruby rust scala scss sql swift toml typescript xml yaml zig
"""
LANGUAGES = frozenset(_LANGUAGES.split())
_CANONICAL = {
    alias: aliases[0]
    for _, aliases, _, _ in get_all_lexers(plugins=False)
    for alias in aliases
    if not LANGUAGES.isdisjoint(aliases)
}
# Pygments' lexer for Java takes quadratic time on prose; Groovy's knows the same words.
_CANONICAL["java"] = "groovy"

_SLOW_TO_READ = re.compile(r"\s{50}|[^\n]{300}")
_ESCAPED_QUOTE = re.compile(r"\\[\"'`]")


class Highlighter:
    """Turns code into spans with Pygments' short classes. Lexers keep state: one instance serves one thread."""

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer] = {}

    def spans(self, code: str, language: str, *, most: int) -> tuple[str | None, int]:
        """The code as HTML, and how many of at most `most` pieces it had.

        None where it stays plain: an unknown language, long code, very long lines, more pieces, or more colour than
        text.
        """
        name = _CANONICAL.get(language.lower())
        if name is None or not _is_tame(code):
            return None, 0
        lexer = self._lexers.get(name)
        if lexer is None:
            lexer = self._lexers[name] = get_lexer_by_name(name, stripnl=False)
        pieces = [(_class_of(kind), text) for kind, text in islice(lexer.get_tokens(code), most + 1)]
        if len(pieces) > most:
            return None, most
        spans = "".join(_spans(pieces))
        return spans if len(spans) <= MOST_GROWTH * len(code) + MOST_ALONE else None, len(pieces)


def _class_of(kind: TokenType) -> str:
    while kind not in STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    name = STANDARD_TYPES.get(kind, "")
    return name if name in COLOURED else ""


def _spans(pieces: list[tuple[str, str]]) -> Iterator[str]:
    for name, group in groupby(pieces, key=lambda piece: piece[0]):
        text = html.escape("".join(text for _, text in group), quote=False)
        yield f'<span class="{name}">{text}</span>' if name else text


def _is_tame(code: str) -> bool:
    return (
        len(code) <= MOST_CHARACTERS
        and code.count("\n") <= MOST_LINES
        and len(_ESCAPED_QUOTE.findall(code)) <= MOST_ESCAPED_QUOTES
        and not _SLOW_TO_READ.search(code)
    )
