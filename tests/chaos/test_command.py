"""`manage.py chaos`, as far as it goes without starting anything; and its table of faults."""

import os
import re
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chaos.faults import registry
from chaos.management.commands.chaos import SHORT
from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text()


def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(CommandError, match=r"There is no fault 99"):
        call_command("chaos", only="6,99")


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(CommandError, match="commas between"):
        call_command("chaos", only="redis")


@pytest.mark.parametrize("runs", [0, -1])
def test_less_than_one_run_of_each_is_refused(runs: int) -> None:
    with pytest.raises(CommandError, match="--runs wants 1 or more"):
        call_command("chaos", only="6", runs=runs)


def test_without_what_developers_have_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "websockets", None)
    with pytest.raises(CommandError, match=r"pip install -r requirements-dev\.txt"):
        call_command("chaos")


@pytest.mark.system
@pytest.mark.timeout(120)
def test_one_that_is_ended_leaves_nothing_running(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "chaos", "--only", "33", "--out", str(tmp_path / "out")]
    with tempfile.TemporaryDirectory(prefix="chaos-") as place:
        chaos = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"TMPDIR": place}, stderr=subprocess.PIPE, text=True
        )
        assert chaos.stderr is not None
        assert "fault 33 on sqlite" in chaos.stderr.readline()
        assert running_in(place), "a server at least"
        chaos.terminate()
        assert chaos.wait(60) == 143
        chaos.stderr.close()
        assert running_in(place) == []


def running_in(place: str) -> list[bytes]:
    """The command lines that name the directory."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(FileNotFoundError, ProcessLookupError):
            found.append(file.read_bytes())
    return [line for line in found if place.encode() in line]


def test_the_short_set_exists() -> None:
    assert {int(number) for number in SHORT.split(",")} <= registry.ALL.keys()


def test_no_number_is_taken_twice() -> None:
    assert len(registry.ALL) == sum(len(module.ALL) for module in registry.MODULES)


def test_the_page_has_a_row_for_every_fault_with_its_title() -> None:
    rows = dict(re.findall(r"^\| (\d+) \| ([^|]+?) \|", PAGE, re.MULTILINE))
    assert rows == {str(number): fault.title for number, fault in registry.ALL.items()}


def test_the_page_lists_what_is_planted_for_the_oracle() -> None:
    from tests.oracle.plants import PLANTS

    assert len(PLANTS) >= 10
    for plant in PLANTS:
        assert f"| `{plant.__name__}` |" in PAGE
