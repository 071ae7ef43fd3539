"""Which acknowledgements are false that come while nothing can be stored."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from chaos.faults.database import Dark
from chaos.oracle.history import Outcome, Row, Settled, body_hash
from chaos.stack.database import Database
from chaos.stack.exhaustion import newest

NOON = 86_400.0 + 43_200


@pytest.mark.parametrize(("moment", "last"), [(-1.0, 0), (0.0, 1), (1.4, 1), (1.5, 2), (9.0, 3)])
def test_what_was_stored_by_then_does_not_count_what_came_when_there_was_room_again(
    tmp_path: Path, moment: float, last: int
) -> None:
    database = Database(tmp_path)
    with closing(sqlite3.connect(database.file)) as connection:
        connection.execute("CREATE TABLE chat_message (id INTEGER, created_at TEXT)")
        for id, written in enumerate(["12:00:00", "12:00:01.500000", "12:00:02.000001"], start=1):
            connection.execute("INSERT INTO chat_message VALUES (?, ?)", (id, f"1970-01-02 {written}"))
        connection.commit()
    assert newest(database, until=NOON + moment) == last


@pytest.mark.parametrize(("at", "id", "false"), [(5.0, 8, True), (5.0, 7, False), (0.5, 8, False), (9.5, 8, False)])
def test_an_answer_is_false_that_comes_in_the_dark_for_what_was_not_stored_before(
    at: float, id: int, false: bool
) -> None:
    row = Row(room=1, number=1, id=id, seq=1, key="key", body=body_hash("text"))
    ack = Settled(at=at, client="ana", key="key", outcome=Outcome.OK, row=row)
    assert Dark(begin=1.0, end=9.0, newest=7).forbids(ack) is false
    assert Dark(begin=1.0, end=9.0).forbids(ack) is (1.0 < at < 9.0)
