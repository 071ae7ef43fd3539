"""What chat adds to a paragraph's text: mentions, emoji by name, and links where Markdown has images."""

import re

import emoji
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType

MOST_MENTIONS = 100

# Not inside a word or an address, and a full stop or dash at the end belongs to the sentence.
_MENTION = re.compile(r"(?<![\w@/.-])@([a-z0-9_][a-z0-9_.-]{0,30}[a-z0-9_])(?!\w)")


def enrich(state: StateCore) -> None:
    """The core rule. It runs after bare links are found and before escaped characters become ordinary text."""
    for token in state.tokens:
        if token.children:
            token.children = _few_mentions(_enriched(token.children), state.env)


def _few_mentions(tokens: list[Token], env: EnvType) -> list[Token]:
    """The tokens, where no more than the message's first mentions are any."""
    left: int = env.get("mentions", MOST_MENTIONS)
    for token in tokens:
        if token.type == "mention":
            if left:
                left -= 1
            else:
                token.type, token.content = "text", f"@{token.content}"
    env["mentions"] = left
    return tokens


def _enriched(tokens: list[Token]) -> list[Token]:
    result: list[Token] = []
    link: Token | None = None
    for token in tokens:
        if token.type == "link_open":
            link = token
        result += _instead(token, link)
        if token.type == "link_close":
            link = None
    return result


def _instead(token: Token, link: Token | None) -> list[Token]:
    if token.type == "image":
        return _instead_of_image(token, linked=link is not None)
    if token.type == "text" and link is None:
        return _mentions(_emoji(token.content))
    if token.type == "text" and link is not None and link.info != "auto":
        return [_text(_emoji(token.content))]
    if token.type in {"link_open", "link_close"} and link is not None and not link.attrs["href"]:
        return []
    return [token]


def _instead_of_image(image: Token, *, linked: bool) -> list[Token]:
    address = str(image.attrs["src"])
    text = _text("".join(part.content for part in image.children or ()) or address)
    if linked or not address:
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": address}), text, Token("link_close", "a", -1)]


def _mentions(text: str) -> list[Token]:
    parts = _MENTION.split(text)
    tokens = [_text(part) for part in parts]
    for position in range(1, len(tokens), 2):
        tokens[position].type = "mention"
    return [token for token in tokens if token.content]


def _emoji(text: str) -> str:
    return emoji.emojize(text, language="alias") if text.count(":") > 1 else text


def _text(content: str) -> Token:
    token = Token("text", "", 0)
    token.content = content
    return token
