import pytest

from chat.markup import render

LINK = 'target="_blank" rel="noopener noreferrer nofollow"'


def mention(name: str) -> str:
    return f'<span class="mention" data-name="{name}">@{name}</span>'


EXAMPLES = {
    "": "",
    "hello": "<p>hello</p>",
    "one\ntwo": "<p>one<br>\ntwo</p>",
    "one\n\ntwo": "<p>one</p>\n<p>two</p>",
    "*a* **b** ~~c~~ `d`": "<p><em>a</em> <strong>b</strong> <s>c</s> <code>d</code></p>",
    "> quoted": "<blockquote>\n<p>quoted</p>\n</blockquote>",
    "- a\n- b": "<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
    "3. c": '<ol start="3">\n<li>c</li>\n</ol>',
    "***": "<hr>",
    "# Title": "<p><strong>Title</strong></p>",
    "Title\n---": "<p><strong>Title</strong></p>",
    "###### *Small*": "<p><strong><em>Small</em></strong></p>",
    "<b>bold</b> & more": "<p>&lt;b&gt;bold&lt;/b&gt; &amp; more</p>",
    "&lt;b&gt; &copy;": "<p>&lt;b&gt; ©</p>",
    "[text](https://a.example/b?c=1&d=2)": f'<p><a href="https://a.example/b?c=1&amp;d=2" {LINK}>text</a></p>',
    '[text](https://a.example "title")': f'<p><a href="https://a.example" {LINK}>text</a></p>',
    "see https://a.example/b_c_d.": f'<p>see <a href="https://a.example/b_c_d" {LINK}>https://a.example/b_c_d</a>.</p>',
    "<https://a.example>": f'<p><a href="https://a.example" {LINK}>https://a.example</a></p>',
    "http://localhost:8000/": f'<p><a href="http://localhost:8000/" {LINK}>http://localhost:8000/</a></p>',
    "ann@a.example": "<p>ann@a.example</p>",
    "ann@example.com": f'<p><a href="mailto:ann@example.com" {LINK}>ann@example.com</a></p>',
    "main.py and readme.md": "<p>main.py and readme.md</p>",
    "[up](/accounts/logout/)": "<p>[up](/accounts/logout/)</p>",
    "[there](//a.example)": "<p>[there](//a.example)</p>",
    "[nowhere]()": "<p>nowhere</p>",
    "![nothing]()": "<p>nothing</p>",
    "ftp://a.example": "<p>ftp://a.example</p>",
    "[a]: https://a.example": f'<p>[a]: <a href="https://a.example" {LINK}>https://a.example</a></p>',
    "![a cat](https://a.example/cat.png)": f'<p><a href="https://a.example/cat.png" {LINK}>a cat</a></p>',
    "![*a* &copy;](https://a.example/c.png)": f'<p><a href="https://a.example/c.png" {LINK}>a ©</a></p>',
    "![](https://a.example/cat.png)": (
        f'<p><a href="https://a.example/cat.png" {LINK}>https://a.example/cat.png</a></p>'
    ),
    "[![a cat](https://a.example/cat.png)](https://b.example)": (
        f'<p><a href="https://b.example" {LINK}>a cat</a></p>'
    ),
    "```\na < b\n```": '<pre class="highlight"><code>a &lt; b\n</code></pre>',
    "```unheard-of\na < b\n```": '<pre class="highlight"><code>a &lt; b\n</code></pre>',
    "    indented": '<pre class="highlight"><code>indented\n</code></pre>',
    "```py\nreturn 1\n```": (
        '<pre class="highlight"><code><span class="k">return</span> <span class="mi">1</span>\n</code></pre>'
    ),
    "```Java title=x\nreturn 1;\n```": (
        '<pre class="highlight"><code><span class="k">return</span> <span class="mi">1</span>;\n</code></pre>'
    ),
    "|a|b|c|\n|:-|-:|-|\n|1|2|3|": (
        '<table>\n<thead>\n<tr>\n<th align="left">a</th>\n<th align="right">b</th>\n<th>c</th>\n</tr>\n</thead>\n'
        '<tbody>\n<tr>\n<td align="left">1</td>\n<td align="right">2</td>\n<td>3</td>\n</tr>\n</tbody>\n</table>'
    ),
    "@ann": f"<p>{mention('ann')}</p>",
    "(@ann), @bob_b.c: hi": f"<p>({mention('ann')}), {mention('bob_b.c')}: hi</p>",
    "**@d-d**.": f"<p><strong>{mention('d-d')}</strong>.</p>",
    "thanks @ann. and @ann-": f"<p>thanks {mention('ann')}. and {mention('ann')}-</p>",
    "@a @Ann x@ann @@ann /@ann @annä @" + 33 * "a": "<p>@a @Ann x@ann @@ann /@ann @annä @" + 33 * "a" + "</p>",
    "@" + 32 * "a": f"<p>{mention(32 * 'a')}</p>",
    r"\@ann `@ann`": "<p>@ann <code>@ann</code></p>",
    "[@ann](https://a.example)": f'<p><a href="https://a.example" {LINK}>@ann</a></p>',
    "https://a.example/@ann": f'<p><a href="https://a.example/@ann" {LINK}>https://a.example/@ann</a></p>',
    ":tada: :+1: :no-such-thing: 10:30:45": "<p>🎉 👍 :no-such-thing: 10:30:45</p>",
    r"`:tada:` \:tada:": "<p><code>:tada:</code> :tada:</p>",
    "[:tada:](https://a.example)": f'<p><a href="https://a.example" {LINK}>🎉</a></p>',
    "https://a.example/:tada:/": f'<p><a href="https://a.example/:tada:/" {LINK}>https://a.example/:tada:/</a></p>',
}


@pytest.mark.parametrize("body", EXAMPLES)
def test_an_example_renders_as_written_here(body: str) -> None:
    assert render(body) == EXAMPLES[body]
