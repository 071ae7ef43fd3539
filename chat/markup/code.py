"""Colours for code in the languages people paste."""

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name

MOST_LINES = 200

# Chosen, not all that Pygments knows: each of these is quick on hostile input and cheap to load.
_LANGUAGES = """
    bash bat c cmake console cpp csharp css dart diff docker elixir erlang go graphql groovy haskell html http ini
    java javascript json kotlin lua make markdown nginx objective-c ocaml perl php powershell protobuf python pycon
    pytb r ruby rust scala scss sql swift toml typescript xml yaml zig
"""
LANGUAGES = frozenset(_LANGUAGES.split())
_CANONICAL = {
    alias: aliases[0]
    for _, aliases, _, _ in get_all_lexers(plugins=False)
    for alias in aliases
    if not LANGUAGES.isdisjoint(aliases)
}


class Highlighter:
    """Turns code into spans with Pygments' short classes. Lexers keep state: one instance serves one thread."""

    def __init__(self) -> None:
        self._lexers: dict[str, Lexer] = {}
        self._formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)

    def spans(self, code: str, language: str) -> str | None:
        """The code as HTML, or None where it stays plain: an unknown language or more than `MOST_LINES` lines."""
        name = _CANONICAL.get(language.lower())
        if name is None or code.count("\n") > MOST_LINES:
            return None
        lexer = self._lexers.get(name)
        if lexer is None:
            lexer = self._lexers[name] = get_lexer_by_name(name, stripnl=False)
        return highlight(code, lexer, self._formatter)
