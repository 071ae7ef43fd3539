"""A test that does not run says so and why; nothing is skipped silently."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT

TESTS = ROOT / "tests"
_SKIPPING = {"skip", "skipif", "xfail", "skipIf", "skipUnless", "skipTest", "expectedFailure"}


def silences(text: str) -> Iterator[str]:
    """A sentence for each skip or expected failure in a test module that gives no reason, and each silent kind."""
    tree = ast.parse(text)
    called: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called.add(id(node.func))
            if node.func.attr == "importorskip":
                yield f"line {node.lineno}: what is not installed is an error"
            if node.func.attr in _SKIPPING and not _has_reason(node):
                yield f"line {node.lineno}: {node.func.attr} without a reason"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _SKIPPING and id(node) not in called:
            yield f"line {node.lineno}: {node.attr} without a reason"
        if isinstance(node, ast.Name) and node.id in {"collect_ignore", "collect_ignore_glob"}:
            yield f"line {node.lineno}: {node.id} hides tests"


def _has_reason(call: ast.Call) -> bool:
    given = [keyword.value for keyword in call.keywords if keyword.arg in {"reason", "msg"}]
    given += [each for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return any(isinstance(each, ast.JoinedStr) or (isinstance(each, ast.Constant) and each.value) for each in given)


def test_no_python_test_is_skipped_without_a_reason() -> None:
    found = {path.name: list(silences(path.read_text())) for path in TESTS.rglob("*.py")}
    assert {name: each for name, each in found.items() if each} == {}


def test_no_script_test_is_skipped() -> None:
    for path in TESTS.rglob("*.mjs"):
        assert not re.search(r"\b(?:skip|todo|only)\b\s*[:(]", path.read_text()), path.name


def test_the_reasons_are_printed_and_unknown_marks_are_errors() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert {"-ra", "--strict-markers", "--strict-config"} <= set(options["addopts"].split())
    assert "-k" not in options["addopts"]
    assert "--ignore" not in options["addopts"]
    assert options["filterwarnings"][0] == "error"


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.skip\ndef test_it(): ...",
        "@pytest.mark.skip()\ndef test_it(): ...",
        "@pytest.mark.skipif(sys.platform == 'win32')\ndef test_it(): ...",
        "@pytest.mark.xfail\ndef test_it(): ...",
        "@pytest.mark.xfail(strict=False)\ndef test_it(): ...",
        "def test_it():\n    pytest.skip('')",
        "redis = pytest.importorskip('redis')",
        "collect_ignore = ['test_it.py']",
    ],
)
def test_a_planted_silence_is_found(text: str) -> None:
    assert list(silences(text)) != []


def test_a_reason_is_enough() -> None:
    assert list(silences("@pytest.mark.skipif(not FOUND, reason='needs Chromium')\ndef test_it(): ...")) == []
