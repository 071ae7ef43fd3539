"""How tokens become HTML where markdown-it's own way does not suit a chat."""

import html
from collections.abc import Sequence

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from chat.markup.code import MOST_PIECES, Highlighter


class Writer(RendererHTML):
    """Each method writes the token of its name. One instance serves one thread."""

    def __init__(self, parser: object = None) -> None:
        super().__init__(parser)
        self._highlighter = Highlighter()

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        code, language = tokens[idx].content, next(iter(tokens[idx].info.split()), "")
        left: int = env.setdefault("pieces", MOST_PIECES)
        spans, pieces = self._highlighter.spans(code, language, most=left)
        env["pieces"] = left - pieces
        return _block(html.escape(code) if spans is None else spans)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _block(html.escape(tokens[idx].content))

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell(tokens[idx])

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell(tokens[idx])

    def mention(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        name = html.escape(tokens[idx].content)
        return f'<span class="mention" data-name="{name}">@{name}</span>'


def _block(inner: str) -> str:
    return f'<pre class="highlight"><code>{inner}</code></pre>\n'


def _cell(token: Token) -> str:
    # The page's policy refuses style attributes.
    align = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return f'<{token.tag} align="{align}">' if align else f"<{token.tag}>"
