"""The regular expressions of the product's Python, as a checker of JavaScript's reads them.

`python -m audit.patterns PACKAGE...`, inside the product's environment, writes them as JSON.
"""

import ast
import importlib
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

import django

from audit.tools import ROOT

CALLS = {"compile", "match", "search", "fullmatch", "split", "sub", "subn", "findall", "finditer"}
VALIDATOR = "RegexValidator"


@dataclass(frozen=True)
class Pattern:
    """`place` is `file:line`; `source` is None where it cannot be told from the file alone."""

    place: str
    source: str | None
    flags: str = "u"


def patterns(root: Path, *, packages: Sequence[str]) -> list[Pattern]:
    """Each one that is handed to `re` or to a validator; their modules are imported, so that constants have values."""
    found = []
    for package in packages:
        for path in sorted((root / package).rglob("*.py")):
            calls = list(_calls(ast.parse(path.read_text())))
            if calls:
                module = importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
                found += [_pattern(call, module, f"{path.relative_to(root)}:{call.lineno}") for call in calls]
    return found


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)) if name in CALLS:
                yield node
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name == VALIDATOR:
                yield node


def _pattern(call: ast.Call, module: ModuleType, place: str) -> Pattern:
    try:
        given = eval(compile(ast.Expression(call.args[0]), place, "eval"), vars(module))
    except NameError:
        return Pattern(place, None)
    compiled = given if isinstance(given, re.Pattern) else re.compile(given)
    source = compiled.pattern.decode("latin-1") if isinstance(compiled.pattern, bytes) else compiled.pattern
    lines = any("MULTILINE" in ast.dump(argument) for argument in [*call.args[1:], *call.keywords])
    return Pattern(place, _as_javascript(source), "um" if lines else "u")


def _as_javascript(source: str) -> str:
    # Python's anchors of the whole text, and escapes that JavaScript has no use for.
    source = source.replace(r"\A", "^").replace(r"\Z", "$")
    return re.sub(r"\\([\"'`@# :,;!&%<>=~_-])", lambda match: _plain(match[1]), source)


def _plain(character: str) -> str:
    return r"\x2d" if character == "-" else character


if __name__ == "__main__":
    django.setup()
    json.dump([asdict(each) for each in patterns(ROOT, packages=sys.argv[1:])], sys.stdout)
