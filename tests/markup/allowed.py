"""What may appear in rendered HTML, told again in the tests' own words and read by Python's own parser."""

import re
from html.parser import HTMLParser

TAGS = {
    *("p", "br", "hr", "em", "strong", "s", "a", "span", "code", "pre", "blockquote", "ul", "ol", "li"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
VOID = {"br", "hr"}
VALUES = {
    ("a", "href"): re.compile(r"(https?|mailto):.*", re.IGNORECASE | re.DOTALL),
    ("a", "target"): re.compile("_blank"),
    ("a", "rel"): re.compile("noopener noreferrer nofollow"),
    ("span", "class"): re.compile("mention|[a-z][a-z0-9]{0,3}"),
    ("span", "data-name"): re.compile(r"[a-z0-9_.-]{2,32}"),
    ("pre", "class"): re.compile("highlight"),
    ("ol", "start"): re.compile(r"\d{1,9}"),
    ("th", "align"): re.compile("left|center|right"),
    ("td", "align"): re.compile("left|center|right"),
}


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert (tag, name) in VALUES, (tag, name)
            assert VALUES[tag, name].fullmatch(value or ""), (tag, name, value)
        if tag == "a":
            assert "a" not in self.open, "a link in a link"
            # An address that no browser could open is left out.
            assert {name for name, _ in attrs} | {"href"} == {"href", "target", "rel"}
        assert len(attrs) == len(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def check(html: str) -> str:
    """The HTML's text; fails on any tag, attribute, value or nesting that is not allowed."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return "".join(reader.text)
