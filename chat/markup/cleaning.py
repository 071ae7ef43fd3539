"""The second wall: whatever the renderer made, only these tags, attributes and addresses reach a page."""

import nh3
from pygments.token import STANDARD_TYPES

CODE_CLASSES = frozenset(name for name in STANDARD_TYPES.values() if name)
_TAGS = "a blockquote br code em hr li ol p pre s span strong table tbody td th thead tr ul"
TAGS = frozenset(_TAGS.split())
SCHEMES = frozenset({"http", "https", "mailto"})

_cleaner = nh3.Cleaner(
    tags=set(TAGS),
    # The star: without it every tag may have a title and a language.
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}, "span": {"data-name"}},
    tag_attribute_values={tag: {"align": {"left", "center", "right"}} for tag in ("th", "td")},
    allowed_classes={"pre": {"highlight"}, "span": {"mention", *CODE_CLASSES}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel="noopener noreferrer nofollow",
    url_schemes=set(SCHEMES),
    url_relative="deny",
)


def clean(html: str) -> str:
    """The HTML without anything that is not allowed; links open elsewhere and vouch for nothing."""
    return _cleaner.clean(html).strip()
