"""Messages without any markup, which are most: they need no parser."""

import re

# Each line begins with a letter, so it is no list, heading, quote, rule or code; single blanks only, so no line ends in
# a break of its own. None of the characters means anything to Markdown, bare links, mentions, emoji names or HTML.
_LINE = r"[^\W\d_](?: ?(?:[^\W_]|[,.!?'();…-]))*"
_PLAIN = re.compile(rf"{_LINE}(?:\n{_LINE})*")


def plain(body: str) -> str | None:
    """The HTML of a body that has no markup, the same as the parser's; None for every other body."""
    if _PLAIN.fullmatch(body) is None:
        return None
    return f"<p>{body.replace(chr(10), '<br>' + chr(10))}</p>"
