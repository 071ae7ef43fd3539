"""A view that a client leaves is judged by the position it had reached there, not forgotten with it."""

from itertools import count
from typing import Any
from uuid import UUID

from chaos.clients.timeline import Timeline, row_of
from chaos.measures import emptied
from chaos.oracle.history import History
from chaos.oracle.judge import judge
from chaos.oracle.verdict import Fault, Report

ROOM = 1


class Visit:
    """One client's view of a room in which one message after another was sent, at the position of its number."""

    def __init__(self, *, messages: int) -> None:
        self.history = History(people={"ana": 1, "ben": 2})
        self.messages = [self._message(number) for number in range(1, messages + 1)]
        self.timeline = self.new()

    def new(self) -> Timeline:
        return Timeline(
            room=ROOM,
            client="ben",
            history=self.history,
            frames=count(),
            request=lambda timeline: None,
            stored=lambda row: None,
        )

    def opened(self, *numbers: int, head: int, reset: bool = True, epoch: str = "one") -> None:
        """The answer to a `room.open` came, with these messages."""
        changes = [self.messages[number - 1] for number in numbers]
        room = {"message_count": head}
        answer = {"room": room, "reset": reset, "epoch": epoch, "head": head, "next": None, "changes": changes}
        self.timeline.opened(answer)

    def changed(self, number: int) -> None:
        """A message came live."""
        self.timeline.changed({"prev": number - 1, "seq": number, "message": self.messages[number - 1]})

    def judged(self) -> Report:
        return judge(self.history, [row_of(ROOM, message) for message in self.messages])

    def _message(self, number: int) -> dict[str, Any]:
        key, body = f"{number:032x}", f"message {number}"
        self.history.invoked(client="ana", room=ROOM, key=str(UUID(key)), body=body)
        return {
            "id": 100 + number,
            "number": number,
            "seq": number,
            "key": key,
            "body": body,
            "deleted": False,
            "reactions": [],
        }


def test_a_page_whose_head_runs_past_its_rows_is_found_though_the_view_is_left() -> None:
    visit = Visit(messages=3)
    visit.opened(1, head=2)
    visit.changed(3)
    visit.timeline.leave()
    assert visit.judged().faults == {Fault.GAP}


def test_a_page_whose_head_runs_past_its_rows_is_found_though_the_view_begins_anew() -> None:
    visit = Visit(messages=3)
    visit.opened(1, head=2)
    visit.timeline.disconnected()
    visit.opened(1, 2, 3, head=3)
    assert visit.judged().faults == {Fault.GAP}


def test_what_comes_after_a_view_was_left_is_not_owed_to_it() -> None:
    visit = Visit(messages=3)
    visit.opened(1, head=1)
    visit.changed(2)
    visit.timeline.leave()
    report = visit.judged()
    report.assert_clean(acked=0)
    assert report.left == 1


def test_a_view_of_an_epoch_that_is_over_is_not_judged_by_the_rows_of_the_next() -> None:
    visit = Visit(messages=2)
    visit.opened(head=7)
    visit.timeline.disconnected()
    visit.opened(1, 2, head=2, epoch="two")
    report = visit.judged()
    report.assert_clean(acked=0)
    assert report.left == 0


def test_a_change_told_twice_is_counted_beyond_the_view_it_came_to() -> None:
    visit = Visit(messages=2)
    visit.opened(1, head=1)
    visit.changed(2)
    visit.changed(2)
    visit.timeline.leave()
    visit.timeline = visit.new()
    visit.opened(1, 2, head=2)
    assert visit.history.repeats == 1


def test_a_view_that_the_server_empties_is_counted_and_none_may_be() -> None:
    visit = Visit(messages=3)
    visit.opened(1, 2, head=2)
    visit.opened(3, head=3, reset=False)
    assert emptied(visit.history).ok
    visit.opened(1, 2, 3, head=3)
    assert (emptied(visit.history).value, emptied(visit.history).ok) == (1, False)
