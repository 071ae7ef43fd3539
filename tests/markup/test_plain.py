"""Skipping the parser must not be visible."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.errors import ChatError
from chat.markup import parsed, render
from chat.markup.plain import plain
from chat.text import clean_body

LIKELY = st.text(st.sampled_from("abzÜñ日٣ 0129,.!?'();…-\n#*_`~[]<>&:@/\\\"=+|"), min_size=1, max_size=40)


@given(LIKELY | st.text(min_size=1, max_size=40))
@example("a\n---")
@example("a\n===")
@example("see //example.org")
@example("a  \nb")
@example("a - b\nc-d (e). f's")
@example("mail.me")
@example("www.example.org")
@example("ftp.x.org,")
@example("a\u00a0b")
@example("ǅx ªº")
def test_a_body_renders_the_same_with_and_without_the_parser(raw):
    try:
        body = clean_body(raw, limit=100)
    except ChatError:
        return
    assert render(body) == parsed(body)


@pytest.mark.parametrize("body", ["hello", "How are you?\nFine, thanks!", "It's done (really); see you…", "Ja - gut"])
def test_plain_bodies_skip_the_parser(body):
    assert plain(body) is not None


@pytest.mark.parametrize(
    "body",
    ["*a*", "1. a", "- a", "# a", "> a", "a  b", "a\n\nb", "http://a.b", "@ana", ":tada:", "a_b_", "a & b", " a"],
)
def test_bodies_with_markup_do_not(body):
    assert plain(body) is None
