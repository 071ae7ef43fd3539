import string
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from chat.errors import ChatError
from chat.markup import render
from chat.markup.code import LANGUAGES
from chat.text import clean_body
from tests.markup.allowed import check

PIECES = [
    *(
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "```html\n",
        "[",
        "](",
        ")",
        "![",
        "<",
        ">",
        "</",
        "<!--",
        "&",
        "&#",
        ";",
        "\\",
    ),
    *(
        "http://",
        "https://a.example",
        "javascript:",
        "mailto:",
        "@",
        "@ann",
        ":",
        ":tada:",
        "|",
        "|-",
        "\n",
        "\n\n",
        " ",
    ),
    *(
        "    ",
        "- ",
        "> ",
        "1. ",
        "# ",
        "<script>",
        "<a href=",
        "onclick=",
        '"',
        "'",
        "=",
        "a",
        "é",
        "😀",
        "\u202e",
        "\x00",
    ),
]
markdown = st.lists(st.sampled_from(PIECES) | st.text(string.printable, max_size=5), max_size=60).map("".join)


@given(markdown | st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_body_renders_to_allowed_html_and_always_the_same(raw: str) -> None:
    try:
        body = clean_body(raw, limit=8000)
    except ChatError:
        return
    html = render(body)
    check(html)
    assert render(body) == html


@given(st.sampled_from(sorted(LANGUAGES)), markdown)
@settings(max_examples=500, deadline=None)
def test_any_code_shows_all_its_text(language: str, raw: str) -> None:
    code = raw.replace("\x00", "").replace("`", "'").replace("\r", "\n").replace("\x0b", "").replace("\x0c", "")
    assert check(render(f"````{language}\n{code}\n````")) == code + "\n"


def test_threads_do_not_disturb_each_other() -> None:
    bodies = [f"```{language}\nx = '{language}'\n```\nhttps://a.example/{language} @ann" for language in LANGUAGES]
    alone = [render(body) for body in bodies]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(render, bodies * 8)) == alone * 8
