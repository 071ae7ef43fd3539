"""What a run looks at to know that a fault has struck."""

import resource
import socket
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import PIPE

import pytest

from chaos.clients.tab import Account, Tab
from chaos.faults.disks import DiskFull
from chaos.faults.kills import acks_after
from chaos.faults.network import sent_by
from chaos.oracle.case import Case
from chaos.oracle.history import History, Outcome, Row, body_hash
from chaos.sabotage.deeds import Deeds
from chaos.stack import small_disk
from chaos.stack.database import Database
from chaos.stack.dates import dates
from chaos.stack.held import is_held, nobody_else_writes
from chaos.stack.memory import files_limit
from chaos.stack.sockets import accepted_at

OPENS = """
import os
files = [os.open(os.devnull, os.O_RDONLY) for _ in range(20)]
for file in files[:12]:
    os.close(file)
print(flush=True)
input()
opened = 0
try:
    while os.open(os.devnull, os.O_RDONLY):
        opened += 1
except OSError:
    print(opened)
"""
"""A program with holes between its files that opens more of them until it may not."""
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


def test_what_a_message_needs_is_held_for_as_long_as_it_is_said(database: Database) -> None:
    with nobody_else_writes(database, [1]):
        assert is_held(database)
    assert not is_held(database)


def test_connections_to_a_unix_socket_are_counted_once_they_are_accepted(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, ExitStack() as ends:
        server.bind(str(tmp_path / "worker"))
        server.listen()
        for _ in range(2):
            ends.enter_context(socket.socket(socket.AF_UNIX)).connect(str(tmp_path / "worker"))
        assert accepted_at(tmp_path / "worker") == 0
        ends.enter_context(server.accept()[0])
        assert accepted_at(tmp_path / "worker") == 1
        assert accepted_at(tmp_path / "another") == 0


def test_what_some_sent_is_told_from_what_others_did() -> None:
    history = History()
    for number, name in enumerate(["near", "far"], start=1):
        row = Row(room=1, number=number, id=number, seq=number, key=name, body=body_hash(name))
        for client in ("near", "far"):
            history.invoked(client=name, room=1, key=name, body=name)
            history.settled(client=name, key=name, outcome=Outcome.OK, row=row)
            history.displayed(client=client, frame=number, row=row, first=True)
    near = Tab("near", account=Account(1, "ana", "s"), host="", history=History(), seed="1")
    theirs = sent_by(Case.of(history, []), [near])
    assert set(theirs.acked) == {"near"}
    assert [(event.client, event.row.key) for event in theirs.displays] == [("near", "near"), ("far", "near")]


def test_what_the_others_sent_right_after_a_kill_is_told_from_what_came_before_and_from_those_who_were_cut() -> None:
    now = 0.0
    history = History(clock=lambda: now)
    sends = [("other", 9.9, 10.0), ("other", 10.1, 11.9), ("cut", 10.2, 14.0), ("other", 10.9, 11.0)]
    for number, (name, sent, acked) in enumerate([*sends, ("other", 11.1, 15.0)], start=1):
        row = Row(room=1, number=number, id=number, seq=number, key=str(number), body=body_hash("text"))
        now = sent
        history.invoked(client=name, room=1, key=row.key, body="text")
        now = acked
        history.settled(client=name, key=row.key, outcome=Outcome.OK, row=row)
    other = Tab("other", account=Account(1, "ana", "s"), host="", history=History(), seed="1")
    assert acks_after(Case.of(history, []), [(10.0, [other])]) == pytest.approx([1.8, 0.1])


def test_without_what_makes_fsync_fail_the_fault_is_left_out_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_disk.SmallDisk, "possible", staticmethod(lambda: True))
    assert DiskFull().hindrance() == "" or "strace" in DiskFull().hindrance()
    monkeypatch.setenv("PATH", "")
    assert "strace" in DiskFull().hindrance()


def test_holes_between_open_files_are_no_room_beyond_what_is_said() -> None:
    with subprocess.Popen([sys.executable, "-c", OPENS], stdin=PIPE, stdout=PIPE, text=True) as opener:
        assert opener.stdin is not None
        assert opener.stdout is not None
        opener.stdout.readline()
        _, hard = resource.prlimit(opener.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(opener.pid, resource.RLIMIT_NOFILE, (files_limit(opener.pid, room=8), hard))
        print(file=opener.stdin, flush=True)
        assert int(opener.stdout.readline()) == 8
