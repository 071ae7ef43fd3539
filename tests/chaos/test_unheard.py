"""What a leaving worker stored without saying so, told from what was only on its way to it."""

import pytest

from chaos.faults.workers import stored_unheard
from chaos.oracle.case import Case
from chaos.oracle.history import Event, History, Invoked, Outcome, Row, Settled

KEY = "6f1c2a34-8d4e-4c9a-9b65-0d7f1b2e3c4d"
ROW = Row(room=1, number=1, id=1, seq=1, key=KEY, body="")


def invoked(at: float, client: str = "ana/1") -> Invoked:
    return Invoked(at=at, client=client, room=1, key=KEY, body="")


def settled(at: float, outcome: Outcome, client: str = "ana/1", code: str = "") -> Settled:
    return Settled(
        at=at, client=client, key=KEY, outcome=outcome, row=ROW if outcome is Outcome.OK else None, code=code
    )


LOST, OK = Outcome.INFO, Outcome.OK


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ([invoked(1), settled(3, LOST), invoked(4), settled(5, OK)], 1),
        ([invoked(1), settled(3, LOST)], 1),
        ([invoked(1), settled(1.5, LOST), invoked(1.6), settled(5, OK)], 0),
        ([invoked(1), invoked(1), settled(2.5, OK), settled(3, LOST)], 0),
        ([invoked(1), invoked(1.5), settled(2.5, LOST, code="unavailable"), settled(3, OK)], 0),
        ([invoked(1), settled(2.5, LOST, code="unavailable"), invoked(3), settled(4, OK)], 1),
        ([invoked(1), settled(3, LOST), invoked(1, "ana/2"), settled(2.5, OK, "ana/2")], 0),
        ([invoked(1), settled(2.5, OK)], 0),
    ],
    ids=[
        "stored, then lost, then asked again",
        "stored, then lost for good",
        "lost, and stored by the next attempt",
        "answered, and submitted again on a connection that ended",
        "submitted again and refused, then answered",
        "stored, and refused all the same",
        "another tab of the person may have stored it",
        "answered",
    ],
)
def test_a_message_was_begun_and_not_answered(events: list[Event], count: int) -> None:
    history = History()
    history.events.extend(events)
    assert stored_unheard(Case.of(history, [ROW]), {KEY: 2.0}) == count
