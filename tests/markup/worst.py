"""The messages that cost the most and those that come to the most, of all that were tried."""

from chat.limits import Limits

LENGTH = Limits().message_length


def _of(unit: str) -> str:
    return (unit * LENGTH)[: LENGTH - 1] + "."


WORST = [_of(unit) for unit in ("- a\n", "- - - a\n", "|-\n", "#\n", "+\n*\n-\n", "😀*a*", "***", "<http://a>")]
LARGEST = [
    ("&" * LENGTH),
    *map(_of, ("@ab ", "😀", "한@ab ", "<http://a>", "a@b.co ", "> > > a\n\n", "```c\nx\n```\n", "```c\n1;1;\n```\n")),
    _of("http://a.example/" + "한" * 22 + " "),
]
