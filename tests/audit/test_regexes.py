"""The judge of regular expressions, and how it finds them."""

from pathlib import Path
from typing import Any

import pytest

from audit.judges.regexes import JUDGED, judged
from audit.patterns import Pattern, patterns
from tests.architecture.sources import ROOT

SOURCE = """
import re
from django.core.validators import RegexValidator

LETTER = "[a-z]"
WORD = re.compile(rf"\\A{LETTER}+\\-", re.MULTILINE)
valid = RegexValidator(r"^x*$")


def found(pattern: str, text: str) -> bool:
    return bool(WORD.search(text) and re.search(pattern, text))
"""


def test_each_pattern_that_is_handed_to_re_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "planted_product").mkdir()
    (tmp_path / "planted_product" / "names.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    assert patterns(tmp_path, packages=("planted_product",)) == [
        Pattern("planted_product/names.py:6", r"^[a-z]+\x2d", "um"),
        Pattern("planted_product/names.py:7", "^x*$", "u"),
        Pattern("planted_product/names.py:11", None),
    ]


def test_those_of_the_product_are_found() -> None:
    places = {each.place.partition(":")[0] for each in patterns(ROOT, packages=("chat", "chatproject"))}
    assert {"chat/text.py", "chat/markup/inline.py", "chat/models/user.py", "chat/protocol/codec.py"} <= places


def report(*more: dict[str, Any]) -> list[dict[str, Any]]:
    stand = [
        {"place": "chat/a.py:1", "source": source, "status": "unknown", "complexity": "timeout"} for source in JUDGED
    ]
    safe = {"place": "static/chat/js/main.js:3", "source": "^http", "status": "safe", "complexity": "safe"}
    return [*stand, safe, *more]


def test_what_is_safe_and_what_was_judged_passes() -> None:
    assert judged(report(), python=len(JUDGED)).faults == []


@pytest.mark.parametrize("status", ["vulnerable", "unknown", "made while it runs"])
def test_anything_else_fails(status: str) -> None:
    bad = {"place": "chat/text.py:12", "source": r"\s+$", "status": status, "complexity": "2nd degree polynomial"}
    assert len(judged(report(bad), python=len(JUDGED)).faults) == 1


def test_a_judgement_of_what_is_gone_fails() -> None:
    assert len(judged(report()[1:], python=len(JUDGED) - 1).faults) == 1


@pytest.mark.parametrize("python", [0, len(JUDGED) + 1])
def test_a_report_without_one_of_the_languages_fails(python: int) -> None:
    assert len(judged(report(), python=python).faults) == 1
