"""How a change ends for the client that asked for it is on record as it is known there: ok, refused or unknown."""

import asyncio
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from chaos import measures
from chaos.clients.outbox import Outbox
from chaos.clients.wire import Disconnected, Refused
from chaos.oracle.case import Case
from chaos.oracle.history import Answered, History, Outcome

LOST = Disconnected()
DELETED = Refused(code="message_deleted", detail="", retry_after=None)
BUSY = Refused(code="rate_limited", detail="", retry_after=0.001)
AWAY = Refused(code="unavailable", detail="", retry_after=0.001)
BUG = Refused(code="internal", detail="", retry_after=None)


def outbox(history: History, answers: list[Exception | None]) -> Outbox:
    coming: Iterator[Exception | None] = iter(answers)

    async def ask(command: dict[str, Any]) -> dict[str, Any]:
        if (answer := next(coming)) is not None:
            raise answer
        return {}

    online = asyncio.Event()
    online.set()
    return Outbox(client="ana", history=history, random=Random(1), online=online, ask=ask)


def outcomes(history: History) -> list[Outcome]:
    return [event.outcome for event in history.events if isinstance(event, Answered)]


@pytest.mark.parametrize("answers", [[None], [LOST, None], [BUSY, None], [AWAY, LOST, None]])
async def test_a_change_that_is_answered_in_the_end_is_ok(answers: list[Exception | None]) -> None:
    history = History()
    await outbox(history, answers).edit(1, "text")
    assert outcomes(history) == [Outcome.OK]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([DELETED], Outcome.FAIL),
        ([BUSY, DELETED], Outcome.FAIL),
        ([LOST, DELETED], Outcome.INFO),
        ([AWAY, DELETED], Outcome.INFO),
        ([BUG], Outcome.INFO),
    ],
)
async def test_a_refusal_is_one_unless_an_earlier_attempt_may_have_done_it(
    answers: list[Exception | None], outcome: Outcome
) -> None:
    history = History()
    with pytest.raises(Refused):
        await outbox(history, answers).react(1, "x")
    assert outcomes(history) == [outcome]


async def test_a_message_is_given_up_where_the_page_gives_it_up_and_that_is_a_missed_bound() -> None:
    history = History()
    with pytest.raises(Refused):
        await outbox(history, [AWAY, BUSY, BUG]).send(1, "text")
    found = measures.not_sent(Case.of(history, []))
    assert (found.value, found.ok) == (1, False)


async def test_a_message_that_has_to_wait_is_not_given_up() -> None:
    history = History()
    sending = asyncio.create_task(outbox(history, [AWAY, BUSY, LOST]).send(1, "text"))
    await asyncio.gather(sending, return_exceptions=True)
    assert measures.not_sent(Case.of(history, [])).ok


async def test_a_change_that_is_given_up_is_unknown() -> None:
    history = History()
    online = asyncio.Event()
    online.set()

    async def ask(command: dict[str, Any]) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    box = Outbox(client="ana", history=history, random=Random(1), online=online, ask=ask)
    changing = asyncio.create_task(box.delete(1))
    await asyncio.sleep(0)
    changing.cancel()
    await asyncio.gather(changing, return_exceptions=True)
    assert outcomes(history) == [Outcome.INFO]
