"""Two workers whose batches want the same rows never wait for each other."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import sync_to_async

from chat.actions import memberships, messages, reactions
from chat.actions.streams import Moves
from chat.errors import KeyConflict
from chat.journal import Journal
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 40
Entry = Callable[[Journal, int], "asyncio.Future[Any]"]


@pytest.fixture
def workers() -> Iterator[tuple[Journal, Journal]]:
    journals = Journal(), Journal()
    yield journals
    for journal in journals:
        journal.close()


@pytest.fixture
def entries() -> dict[str, Entry]:
    """What two people do, by name and place: in one of two rooms, or of the two the one who does it."""
    people = [make_person("ana"), make_person("ben")]
    rooms = [make_room(people[0], "one"), make_room(people[0], "two")]
    library = make_room(people[0], "library")
    for room in rooms:
        join(people[1], room)
    join(people[1], library)
    told = [say(people[0], room).id for room in rooms]

    def send(place: int, journal: Journal, turn: int) -> "asyncio.Future[Any]":
        return journal.send(
            messages.compose(author_id=people[0].pk, room_id=rooms[place].pk, key=uuid4(), body=f"turn {turn}")
        )

    def react(place: int, journal: Journal, turn: int) -> "asyncio.Future[Any]":
        action = partial(
            reactions.set_reaction, person_id=people[1].pk, message_id=told[place], emoji="\N{OK HAND SIGN}"
        )
        return journal.act(partial(action, on=turn % 2 == 0), moves=Moves(message=told[place]))

    def read(place: int, journal: Journal, turn: int) -> "asyncio.Future[Any]":
        action = partial(memberships.set_read, person_id=people[place].pk, room_id=library.pk, number=turn)
        return journal.act(action, moves=Moves(inbox=people[place].pk))

    def leave(place: int, journal: Journal, turn: int) -> "asyncio.Future[Any]":
        way = memberships.leave_room if turn % 2 == 0 else memberships.join_room
        action = partial(way, person_id=people[1].pk, room_id=rooms[place].pk)
        return journal.act(action, moves=Moves(room=rooms[place].pk, inbox=people[1].pk))

    kinds = {"send": send, "react": react, "read": read, "leave": leave}
    return {f"{name} {place}": partial(each, place) for name, each in kinds.items() for place in (0, 1)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(["send 0", "react 1"], ["send 1", "react 0"], id="messages and reactions"),
        pytest.param(["react 0", "react 1"], ["react 1", "react 0"], id="reactions"),
        pytest.param(["read 0", "read 1"], ["read 1", "read 0"], id="read markers"),
        pytest.param(["read 1", "send 0"], ["leave 0", "leave 1"], id="read markers and memberships"),
    ],
)
async def test_batches_that_want_the_same_rows_in_another_order_do_not_deadlock(
    workers: tuple[Journal, Journal],
    entries: dict[str, Entry],
    caplog: pytest.LogCaptureFixture,
    one: list[str],
    other: list[str],
) -> None:
    caplog.set_level(logging.INFO, logger="chat.journal")

    async def work(journal: Journal, batch: list[str]) -> None:
        for turn in range(ROUNDS):
            # What comes while the first is stored goes together.
            first = entries["read 0"](journal, turn)
            await asyncio.sleep(0)
            await asyncio.gather(first, *(entries[name](journal, turn) for name in batch))

    await asyncio.gather(work(workers[0], one), work(workers[1], other))
    assert [record.getMessage() for record in caplog.records] == []


async def test_the_same_keys_in_another_order_elsewhere_do_not_deadlock(
    workers: tuple[Journal, Journal], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="chat.journal")
    ana = await sync_to_async(make_person)("ana")
    rooms = [await sync_to_async(make_room)(ana, slug) for slug in ("one", "two")]

    async def send(journal: Journal, place: int, keys: list[UUID]) -> list[object]:
        first = journal.act(lambda: None, moves=Moves())
        await asyncio.sleep(0)
        submissions = [messages.compose(author_id=ana.pk, room_id=rooms[place].pk, key=key, body="hi") for key in keys]
        return await asyncio.gather(first, *map(journal.send, submissions), return_exceptions=True)

    for _ in range(4):
        keys = [uuid4() for _ in range(200)]
        ends = await asyncio.gather(send(workers[0], 0, keys), send(workers[1], 1, keys[::-1]))
        refused = [end for batch in ends for end in batch if isinstance(end, Exception)]
        assert [type(each) for each in refused] == [KeyConflict] * len(keys)
    assert "deadlock" not in caplog.text


async def test_a_batch_about_what_is_not_there_fails_alone(workers: tuple[Journal, Journal]) -> None:
    journal, _ = workers
    ana = await sync_to_async(make_person)("ana")
    room = await sync_to_async(make_room)(ana)
    nothing = 10**9
    first = journal.send(messages.compose(author_id=ana.pk, room_id=room.pk, key=uuid4(), body="first"))
    await asyncio.sleep(0)
    unknown = [
        journal.act(
            partial(messages.delete_message, person_id=ana.pk, message_id=nothing), moves=Moves(message=nothing)
        ),
        journal.act(
            partial(memberships.join_room, person_id=nothing, room_id=nothing), moves=Moves(room=nothing, inbox=nothing)
        ),
    ]
    second = journal.send(messages.compose(author_id=ana.pk, room_id=room.pk, key=uuid4(), body="second"))
    refused = await asyncio.gather(*unknown, return_exceptions=True)
    assert [type(each).__name__ for each in refused] == ["NotFound", "NotAllowed"]
    assert [(await each).number for each in (first, second)] == [1, 2]
