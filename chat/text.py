"""Text as it arrives from people, made fit to store."""

import re
import unicodedata

from django.utils.text import slugify

from chat.errors import Invalid, InvalidText, MessageEmpty, MessageTooLong

SLUG_LENGTH = 80

_NEWLINE = re.compile(r"\r\n?")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
# Letters and marks that draw nothing, beyond what their Unicode category tells.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for selectors in (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0)) for code in selectors
}
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def clean_body(raw: str, *, limit: int) -> str:
    r"""A message's text: newlines are `\n`, no blank lines around it, no white space at its end.

    `limit` is in characters (code points) of the result. Raises `InvalidText` for control characters other than
    newline and tab and for lone surrogates, `MessageEmpty` when nothing visible is left, `MessageTooLong`.
    """
    text = _NEWLINE.sub("\n", raw)
    _check_storable(text)
    text = _BLANK_LINES.sub("", text).rstrip()
    if all(map(_is_unseen, text)):
        raise MessageEmpty
    if len(text) > limit:
        raise MessageTooLong
    return text


def clean_name(raw: str, *, limit: int) -> str:
    """A room's name or topic: one line in Unicode's NFKC form, single blanks, nothing that hides or reorders text.

    What draws nothing is taken out, so that no two names differ by it alone. May be empty. `limit` is in characters of
    the result. Raises `InvalidText` for control characters other than white space and for lone surrogates, `Invalid`
    when it is too long.
    """
    text = " ".join(raw.split())
    _check_storable(text)
    name = " ".join("".join(filter(_is_seen_in_a_name, unicodedata.normalize("NFKC", text))).split())
    # What was taken out may have stood between two characters that are one.
    name = unicodedata.normalize("NFKC", name)
    if len(name) > limit:
        raise Invalid(f"Use at most {limit} characters.")
    return name


def slug_of(name: str) -> str:
    """An address for a room of that name: 1 to 80 of `a-z`, `0-9` and `-`; `room` where the name has none of them."""
    slug = slugify(name).replace("_", "-")[:SLUG_LENGTH].strip("-")
    return slug or "room"


def _check_storable(text: str) -> None:
    if _UNSTORABLE.search(text):
        raise InvalidText


def _is_seen_in_a_name(character: str) -> bool:
    return character not in _BLANKS and unicodedata.category(character) not in {"Cc", "Cf"}


def _is_unseen(character: str) -> bool:
    return character in _BLANKS or unicodedata.category(character) in _UNSEEN
