"""A worker that keeps what it took for a fault is found out."""

import os
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from chaos import holdings
from chaos.figure import Figure
from chaos.holdings import Holdings
from chaos.stack.memory import open_files

MEGABYTE = 1_000_000


def growth(monkeypatch: pytest.MonkeyPatch, *, files: int, megabytes: float) -> dict[str, bool]:
    """Which figures keep their bounds where two workers had ten files and 100 MB, three sockets were added since, and
    they have so much more."""
    database = SimpleNamespace(file=Path("/database/parley.sqlite3"))
    stack = SimpleNamespace(workers=lambda: [1, 2], memory=lambda: (100 + megabytes) * MEGABYTE, database=database)
    monkeypatch.setattr(holdings, "open_files", lambda pid, beside: 5 + (files if pid == 1 else 0))
    figures: list[Figure] = []

    def measure(name: str, value: float, **bounds: float) -> None:
        figures.append(Figure(name=name, value=value, **bounds))  # type: ignore[arg-type]

    before = Holdings(files=10, memory=100 * MEGABYTE)
    before.measure_growth(SimpleNamespace(stack=stack, measure=measure), sockets=3, megabytes=32.0)  # type: ignore[arg-type]
    return {figure.name: figure.ok for figure in figures}


FILES, MEMORY = "descriptors more than before", "workers grew by, in the end"


def test_workers_that_gave_everything_back_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert growth(monkeypatch, files=3, megabytes=0) == {FILES: True, MEMORY: True}


def test_a_file_kept_for_each_of_ten_clients_and_one_more_is_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    assert growth(monkeypatch, files=3 + 11, megabytes=0) == {FILES: False, MEMORY: True}


def test_memory_beyond_the_bound_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    assert growth(monkeypatch, files=3, megabytes=33) == {FILES: True, MEMORY: False}


def test_the_databases_own_files_are_no_descriptors_that_are_kept(tmp_path: Path) -> None:
    own = tmp_path / "database"
    own.mkdir()
    before, others = open_files(os.getpid()), open_files(os.getpid(), beside=own)
    with ExitStack() as opened:
        for place in (own, own, tmp_path):
            opened.enter_context((place / "file").open("w"))
        assert open_files(os.getpid()) == before + 3
        assert open_files(os.getpid(), beside=own) == others + 1
