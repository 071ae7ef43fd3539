"""SQLite's log is folded into its file while nobody waits; on PostgreSQL nothing happens."""

import asyncio
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from chat import checkpoint
from chat.actions.streams import Moves
from chat.database import fold_log
from chat.errors import Unavailable
from chat.journal import Journal
from chat.reader import Reader
from tests.builders import make_person, make_room, say
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def stored_in_the_file(text: str) -> bool:
    """Whether the database's own file has it, without its log; PostgreSQL's is none of ours."""
    if connection.vendor != "sqlite":
        return True
    return text.encode() in Path(connection.settings_dict["NAME"]).read_bytes()


def test_what_was_stored_is_in_the_file_afterwards() -> None:
    ana = make_person("ana")
    room = make_room(ana)
    say(ana, room, "long ago in a log far away")
    fold_log()
    assert stored_in_the_file("long ago in a log far away")
    assert room.messages.count() == 1


async def test_a_worker_folds_the_log_when_something_was_stored_and_survives_a_database_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checkpoint, "EVERY", 0.01)
    folded: list[int] = []

    def fold() -> None:
        if not folded:
            folded.append(1)
            raise Unavailable
        fold_log()
        folded.append(1)

    monkeypatch.setattr(checkpoint, "fold_log", fold)
    journal, reader = Journal(), Reader()
    ana = await sync_to_async(make_person)("ana")
    room = await sync_to_async(make_room)(ana)
    keeping = asyncio.create_task(checkpoint.keep_short(journal, reader))
    try:
        await asyncio.sleep(0.1)
        assert not folded
        await journal.act(lambda: say(ana, room, "a word for the file"), moves=Moves())
        await until(lambda: len(folded) == 2, within=5)
        assert await sync_to_async(stored_in_the_file)("a word for the file")
        await asyncio.sleep(0.1)
        assert len(folded) == 2
    finally:
        keeping.cancel()
        await asyncio.to_thread(journal.close)
        await asyncio.to_thread(reader.close)
