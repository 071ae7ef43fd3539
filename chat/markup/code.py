"""Colours for code in the languages people paste."""

import re

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name

MOST_LINES = 200
MOST_CHARACTERS = 6000
MOST_ESCAPED_QUOTES = 100

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
        self._formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)

    def spans(self, code: str, language: str) -> str | None:
        """The code as HTML, or None where it stays plain: an unknown language, long code, or very long lines."""
        name = _CANONICAL.get(language.lower())
        if name is None or not _is_tame(code):
            return None
        lexer = self._lexers.get(name)
        if lexer is None:
            lexer = self._lexers[name] = get_lexer_by_name(name, stripnl=False)
        return highlight(code, lexer, self._formatter)


def _is_tame(code: str) -> bool:
    return (
        len(code) <= MOST_CHARACTERS
        and code.count("\n") <= MOST_LINES
        and len(_ESCAPED_QUOTE.findall(code)) <= MOST_ESCAPED_QUOTES
        and not _SLOW_TO_READ.search(code)
    )
