"""The Markdown parser as chat wants it."""

import threading

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import table
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.linkify import linkify as bare_links
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.rules_inline.image import image
from markdown_it.rules_inline.link import link
from markdown_it.rules_inline.linkify import linkify as bare_link
from markdown_it.utils import EnvType

from chat.markup.cleaning import SCHEMES
from chat.markup.inline import enrich
from chat.markup.writing import Writer

DEEPEST_BLOCK = 20
DEEPEST_INLINE = 40
MOST_CELLS = 1000
MOST_ADDRESSES = 200
MOST_BRACKETS = 200
# What a message is worth: twice what a page of documentation of the same length takes, some ten milliseconds. A step is
# one look at a place in a paragraph; one at a line takes about four times as long.
MOST_STEPS = 2500
BLOCK_STEPS = 4


class TooMuch(Exception):
    """The body nests deeper than the parser follows, so that going on would drop text, or it is too much work."""


def to_html(body: str) -> str:
    """The body's HTML, not yet cleaned. Raises `TooMuch`."""
    parser = _parser()
    tokens = parser.parse(body)
    for token in tokens:
        if token.level >= DEEPEST_BLOCK - 1 or any(child.level > DEEPEST_INLINE for child in token.children or ()):
            raise TooMuch
    return str(parser.renderer.render(tokens, parser.options, {}))


class _Parser(MarkdownIt):
    def __init__(self) -> None:
        options = {"html": False, "linkify": True, "breaks": True, "maxNesting": DEEPEST_BLOCK}
        super().__init__("commonmark", options, renderer_cls=Writer)
        self.enable(["linkify", "strikethrough", "table"])
        # A message of nothing but link definitions would look empty.
        self.disable("reference")
        # Bare names link only with a scheme: main.py, readme.md and deploy.sh are no websites.
        assert self.linkify is not None
        self.linkify.set({"fuzzy_link": False})
        self.block.ruler.before("table", "steps", _count_block, {"alt": list(_INTERRUPTED)})
        self.inline.ruler.before("text", "steps", _count_inline)
        self.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
        self.inline.ruler.at("linkify", _bounded_bare_link)
        self.inline.ruler.at("link", _bounded_link)
        self.inline.ruler.at("image", _bounded_image)
        self.inline.ruler.at("autolink", _bounded_autolink)
        self.core.ruler.at("linkify", _bounded_bare_links)
        self.core.ruler.after("linkify", "enrich", enrich)

    def validateLink(self, url: str) -> bool:
        scheme, colon, _ = url.partition(":")
        return bool(colon) and scheme.lower() in SCHEMES


# Where markdown-it asks, line by line, whether something ends what was begun.
_INTERRUPTED = ("paragraph", "reference", "blockquote", "list")

_local = threading.local()


def _parser() -> _Parser:
    # The link finder and the lexers keep state between calls: every thread has its own.
    parser: _Parser | None = getattr(_local, "parser", None)
    if parser is None:
        parser = _local.parser = _Parser()
    return parser


def _count_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    _count_steps(state.env, BLOCK_STEPS)
    return False


def _count_inline(state: StateInline, silent: bool) -> bool:
    _count_steps(state.env, 1)
    return False


def _count_steps(env: EnvType, steps: int) -> None:
    left = env.get("steps", MOST_STEPS) - steps
    if left < 0:
        raise TooMuch
    env["steps"] = left


def _bounded_table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    # Rows are filled up to the header's width, so a small body could ask for huge tables.
    if not table(state, startLine, endLine, True):
        return False
    columns = state.src.count("|", state.bMarks[startLine], state.eMarks[startLine]) + 1
    left: int = state.env.setdefault("cells", MOST_CELLS)
    line = startLine
    while left >= 0 and line < endLine and not state.isEmpty(line):
        line, left = line + 1, left - columns
    if left < 0 or not silent:
        state.env["cells"] = left
    return left >= 0 and (silent or table(state, startLine, endLine, False))


def _bounded_bare_links(state: StateCore) -> None:
    # Each address may go on to the end of the text, and is looked for again in what follows.
    if state.src.count("://") <= MOST_ADDRESSES:
        bare_links(state)


def _bounded_bare_link(state: StateInline, silent: bool) -> bool:
    # At every address the rule reads all the text before it.
    return _count(state, "://") <= MOST_ADDRESSES and bare_link(state, silent)


def _bounded_link(state: StateInline, silent: bool) -> bool:
    # At every bracket the rules look for its partner in all the text after it.
    return _count(state, "[") <= MOST_BRACKETS and link(state, silent)


def _bounded_image(state: StateInline, silent: bool) -> bool:
    return _count(state, "[") <= MOST_BRACKETS and image(state, silent)


def _bounded_autolink(state: StateInline, silent: bool) -> bool:
    # An address costs many times what other markup of its length does.
    return _count(state, "<") <= MOST_BRACKETS and autolink(state, silent)


def _count(state: StateInline, mark: str) -> int:
    # Once a text, not at each of its marks.
    source, count = state.env.get(mark, ("", 0))
    if source is not state.src:
        count = state.src.count(mark)
        state.env[mark] = state.src, count
    return int(count)
