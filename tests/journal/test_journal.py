"""Group commit, against the real database."""

import asyncio
import time
from functools import partial
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from chat import journal as journal_module
from chat.actions import messages
from chat.actions.streams import Moves
from chat.errors import NotAMember, NotFound, Unavailable
from chat.journal import Journal
from chat.models import Message
from tests.builders import join, make_person, make_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room_and_people():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    room = make_room(ana)
    join(ben, room)
    return room, ana, ben, eve


@pytest.fixture
def journal():
    journal = Journal()
    yield journal
    journal.close()


def compose(person, room, body="hi"):
    return messages.compose(author_id=person.pk, room_id=room.pk, key=uuid4(), body=body)


async def test_messages_of_one_socket_are_stored_in_the_order_they_came(journal, room_and_people):
    room, ana, *_ = room_and_people
    futures = [journal.send(compose(ana, room, f"number {index}")) for index in range(300)]
    stored = await asyncio.gather(*futures)
    assert [each.number for each in stored] == list(range(1, 301))
    assert [each.body for each in stored] == [f"number {index}" for index in range(300)]


async def test_what_arrives_during_a_commit_forms_one_batch(journal, room_and_people, monkeypatch):
    room, ana, *_ = room_and_people
    sizes: list[int] = []
    commit = journal_module._commit
    monkeypatch.setattr(journal_module, "_commit", lambda works: (sizes.append(len(works)), commit(works))[1])
    first = journal.send(compose(ana, room))
    await asyncio.sleep(0)
    rest = [journal.send(compose(ana, room)) for _ in range(20)]
    await asyncio.gather(first, *rest)
    assert sizes == [1, 20]


async def test_a_command_that_fails_fails_alone(journal, room_and_people):
    room, ana, ben, eve = room_and_people
    good = [journal.send(compose(ana, room)), journal.send(compose(ben, room))]
    bad = journal.send(compose(eve, room))
    unknown = journal.act(
        partial(messages.delete_message, person_id=ana.pk, message_id=10**9), moves=Moves(message=10**9)
    )
    later = journal.send(compose(ana, room))
    with pytest.raises(NotAMember):
        await bad
    with pytest.raises(NotFound):
        await unknown
    assert [(await each).number for each in [*good, later]] == [1, 2, 3]


async def test_a_bug_in_one_action_undoes_nothing_of_the_others(journal, room_and_people):
    room, ana, *_ = room_and_people

    def broken() -> None:
        Message.objects.filter(room=room).update(body="overwritten")
        raise ZeroDivisionError

    before = journal.send(compose(ana, room))
    bug = journal.act(broken, moves=Moves(room=room.pk))
    after = journal.send(compose(ana, room))
    with pytest.raises(ZeroDivisionError):
        await bug
    stored = [await before, await after]
    bodies = await sync_to_async(lambda: list(Message.objects.values_list("body", flat=True)))()
    assert bodies == [each.body for each in stored]


async def test_a_commit_that_fails_for_a_moment_is_tried_again(journal, room_and_people, monkeypatch):
    room, ana, *_ = room_and_people
    failures = iter([OperationalError("gone"), OperationalError("gone")])
    transact = journal_module._transaction

    def flaky(works):
        failure = next(failures, None)
        if failure is not None:
            raise failure
        return transact(works)

    monkeypatch.setattr(journal_module, "_transaction", flaky)
    assert (await journal.send(compose(ana, room))).number == 1


async def test_a_database_that_stays_away_is_a_retryable_error_and_no_ack(journal, room_and_people, monkeypatch):
    room, ana, *_ = room_and_people
    submission = compose(ana, room)

    def down(works):
        raise OperationalError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(journal_module, "_transaction", down)
        with pytest.raises(Unavailable) as refusal:
            await journal.send(submission)
    assert refusal.value.retry_after is not None
    assert (await journal.send(submission)).number == 1


async def test_an_answer_comes_only_after_commit(journal, room_and_people):
    room, ana, *_ = room_and_people
    stored = await journal.send(compose(ana, room))

    def seen_by_another_connection() -> bool:
        try:
            return Message.objects.filter(pk=stored.id).exists()
        finally:
            connection.close()

    assert await sync_to_async(seen_by_another_connection, thread_sensitive=False)()


async def test_a_failure_before_the_transaction_is_answered_and_harms_nobody_later(
    journal, room_and_people, monkeypatch
):
    room, ana, *_ = room_and_people
    monkeypatch.setattr(journal_module, "HUNG_AFTER", 1.0)
    monkeypatch.setattr(journal_module, "HUNG_AGAIN", 0.01)

    def broken() -> None:
        raise OperationalError("the pool is gone")

    with monkeypatch.context() as patched:
        patched.setattr(journal_module, "keep_usable", broken)
        patched.setattr(journal_module, "RETRIES", 1)
        assert await asyncio.wait_for(journal.send(compose(ana, room)), 5)
    # Nothing watches over a batch that is long over: a slow one that comes later is not refused for it.
    commit = journal_module._commit
    monkeypatch.setattr(journal_module, "HUNG_AFTER", 10.0)
    monkeypatch.setattr(journal_module, "_commit", lambda works: (time.sleep(1.2), commit(works))[1])
    first, second = journal.send(compose(ana, room)), None
    await asyncio.sleep(0.05)
    second = journal.send(compose(ana, room))
    assert [(await each).number for each in (first, second)] == [2, 3]


async def test_a_writer_that_fails_answers_everybody_and_the_next_one_writes(journal, room_and_people, monkeypatch):
    room, ana, *_ = room_and_people

    def broken(works: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(journal_module, "_commit", broken)
        refused = [journal.send(compose(ana, room)) for _ in range(3)]
        for each in refused:
            with pytest.raises(ZeroDivisionError):
                await asyncio.wait_for(each, 5)
    assert (await journal.send(compose(ana, room))).number == 1


async def test_a_commit_whose_answer_is_lost_raises_a_doubt_once_its_commands_are_answered(
    room_and_people, monkeypatch
):
    room, ana, *_ = room_and_people
    doubts: list[list[bool]] = []
    futures: list[asyncio.Future[object]] = []
    journal = Journal(on_doubt=lambda: doubts.append([each.done() for each in futures]))
    commit, lost = BaseDatabaseWrapper._commit, [True]

    def unanswered(wrapper: BaseDatabaseWrapper) -> None:
        commit(wrapper)
        if lost:
            lost.pop()
            raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "_commit", unanswered)
    futures += [journal.send(compose(ana, room)) for _ in range(3)]
    assert [(await each).number for each in futures] == [1, 2, 3]
    assert doubts == [[True] * 3]
    with pytest.raises(NotFound):
        await journal.act(
            partial(messages.delete_message, person_id=ana.pk, message_id=10**9), moves=Moves(message=10**9)
        )
    assert (await journal.send(compose(ana, room))).number == 4
    assert len(doubts) == 1
    journal.close()
