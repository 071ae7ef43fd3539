import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.errors import ChatError, Invalid, InvalidText, MessageEmpty, MessageTooLong
from chat.text import clean_body, clean_name, slug_of


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("hello", "hello"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\n \n\t\n  indented\n", "  indented"),
        ("line \nline  \n\n", "line \nline"),
        ("a\tb", "a\tb"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("\u202eabc", "\u202eabc"),
    ],
)
def test_a_body_keeps_its_text_and_loses_its_margins(raw: str, clean: str) -> None:
    assert clean_body(raw, limit=100) == clean


@pytest.mark.parametrize("raw", ["a\x00b", "a\x1bb", "a\x07", "a\x0bb", "\ud800", "a\udfffb", "\x01"])
def test_a_body_that_cannot_be_stored_is_refused(raw: str) -> None:
    with pytest.raises(InvalidText):
        clean_body(raw, limit=100)


@pytest.mark.parametrize(
    "raw", ["", " ", "\n\n", "\u200b", "\u2060\ufeff", "\u00a0\u3000", "\u2800", "\u3164", "\ufe0f", "\u00ad"]
)
def test_a_body_with_nothing_to_see_is_refused(raw: str) -> None:
    with pytest.raises(MessageEmpty):
        clean_body(raw, limit=100)


def test_a_body_is_measured_after_cleaning_in_characters() -> None:
    assert clean_body("\n" + "😀" * 10 + "\r\n", limit=10) == "😀" * 10
    with pytest.raises(MessageTooLong):
        clean_body("a" * 11, limit=10)


@given(st.text(st.characters()))
def test_cleaning_a_clean_body_changes_nothing(raw: str) -> None:
    try:
        body = clean_body(raw, limit=1000)
    except ChatError:
        return
    assert clean_body(body, limit=1000) == body
    assert body.encode()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("General", "General"),
        ("  a \t b\n c ", "a b c"),
        ("\ufb01ne \uff11", "fine 1"),
        ("\u202eevil\u202c", "evil"),
        ("a\u200bb\u200d\ufeffc", "abc"),
        ("a\x85b\x9fc", "a bc"),
        ("", ""),
        ("Café", "Café"),
        ("General\u3164", "General"),
        ("\u2800General\uffa0", "General"),
        ("Gen\u034feral\ufe0f\U000e0100", "General"),
        ("Ge\U000e006e\u180bneral\u115f", "General"),
        ("General\u00a0 \u3000", "General"),
        ("\u3164\u200b", ""),
        ("e\u034f\u0301", "é"),
    ],
)
def test_a_name_is_one_plain_line(raw: str, clean: str) -> None:
    assert clean_name(raw, limit=80) == clean


@pytest.mark.parametrize("raw", ["a\x00b", "a\x1bb", "\ud800"])
def test_a_name_that_cannot_be_stored_is_refused(raw: str) -> None:
    with pytest.raises(InvalidText):
        clean_name(raw, limit=80)


def test_a_long_name_is_refused() -> None:
    assert clean_name(" " + "a" * 80, limit=80) == "a" * 80
    with pytest.raises(Invalid):
        clean_name("a" * 81, limit=80)


@given(st.text(st.characters()))
def test_cleaning_a_clean_name_changes_nothing(raw: str) -> None:
    try:
        name = clean_name(raw, limit=1000)
    except ChatError:
        return
    assert clean_name(name, limit=1000) == name
    assert unicodedata.is_normalized("NFKC", name)
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & {unicodedata.category(character) for character in name}
    assert not set("\u034f\u1160\u2800\ufe0f") & set(name)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("General", "general"),
        ("Release Notes 2", "release-notes-2"),
        ("Café à la carte", "cafe-a-la-carte"),
        ("snake_case", "snake-case"),
        ("общий", "room"),
        ("🎉", "room"),
        ("", "room"),
        ("a" * 79 + " b", "a" * 79),
    ],
)
def test_a_slug_is_made_of_the_name(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text())
def test_a_slug_always_fits_an_address(name: str) -> None:
    assert re.fullmatch("[a-z0-9-]{1,80}", slug_of(name))
