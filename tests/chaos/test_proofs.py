"""What a run looks at to know that a fault has struck."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chaos.faults.disks import DiskFull
from chaos.sabotage.deeds import Deeds
from chaos.stack import small_disk
from chaos.stack.database import Database
from chaos.stack.dates import dates
from chaos.stack.held import is_held

KEY = "5d8e7a52-3c1f-4b8a-9c55-0a7a2a4f7d11"


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = Database(tmp_path)
    with closing(sqlite3.connect(database.file)) as connection:
        connection.execute("CREATE TABLE chat_message (key TEXT, created_at TEXT)")
        connection.execute("INSERT INTO chat_message VALUES (?, ?)", (KEY.replace("-", ""), "1970-01-02 00:00:01.5"))
        connection.commit()
    return database


def test_what_workers_did_is_counted_over_all_of_them(tmp_path: Path) -> None:
    one, other = Deeds(tmp_path), Deeds(tmp_path)
    for deeds in (one, other, one):
        deeds.did("dropped")
    assert (other.count("dropped"), one.count("repeated")) == (3, 0)


def test_a_message_says_when_it_was_written_in_utc(database: Database) -> None:
    assert dates(database) == {KEY: 86_401.5}


def test_a_lock_that_is_not_given_back_is_seen(database: Database) -> None:
    assert not is_held(database)
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert is_held(database)
        other.execute("ROLLBACK")
    assert not is_held(database)


def test_without_what_makes_fsync_fail_the_fault_is_left_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_disk.SmallDisk, "possible", staticmethod(lambda: True))
    assert DiskFull().hindrance() == "" or "strace" in DiskFull().hindrance()
    monkeypatch.setenv("PATH", "")
    assert "strace" in DiskFull().hindrance()
