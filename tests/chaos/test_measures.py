"""Recovery and delays are read off a history as a person would read them off the clock."""

from chaos import measures
from chaos.faults.sleep import shown_of
from chaos.figure import Figure, quantile
from chaos.oracle.case import Case
from chaos.oracle.history import Change, History, Outcome, Row, body_hash
from chaos.oracle.judge import judge
from chaos.result import Result

ROOM = 1


class Tape:
    """A history of two clients, ana who sends and ben who sees, at the times given."""

    def __init__(self) -> None:
        self.now = 0.0
        self.history = History(clock=lambda: self.now)
        self.history.people = {"ana": 1, "ben": 2}
        self.rows: list[Row] = []
        self.history.marked(client="ben", room=ROOM, change=Change.OPENED, owed=1)

    def message(self, sent: float, acked: float, shown: float) -> None:
        """One of ana's."""
        number = len(self.rows) + 1
        row = Row(ROOM, number, number, number, f"key {number}", body_hash("text"))
        self.rows.append(row)
        self.now = sent
        self.history.invoked(client="ana", room=ROOM, key=row.key, body="text")
        self.now = acked
        self.history.settled(client="ana", key=row.key, outcome=Outcome.OK, row=row)
        self.now = shown
        self.history.displayed(client="ben", frame=number, row=row, first=True)

    @property
    def case(self) -> Case:
        self.history.events.sort(key=lambda event: event.at)
        return Case.of(self.history, self.rows)

    def recoveries(self, *healed: float) -> list[float]:
        """Ana's and ben's for the first moment, then for the next."""
        return [round(each, 2) for each in measures.recoveries(self.case, healed)]


def test_recovery_is_the_time_until_nothing_comes_late() -> None:
    tape = Tape()
    tape.message(1.0, 1.01, 1.02)
    for sent in (10.0, 10.5, 11.0):
        tape.message(sent, 12.0, 12.5)
    for n in range(20):
        tape.message(12.2 + n / 4, 12.21 + n / 4, 12.22 + n / 4)
    assert tape.recoveries(10.2) == [1.8, 2.3]


def test_a_client_that_hears_nothing_has_not_recovered() -> None:
    tape = Tape()
    tape.message(10.0, 10.01, 25.0)
    assert tape.recoveries(10.0) == [0.0, 15.0]


def test_whoever_hears_one_of_two_others_has_not_recovered() -> None:
    """The other is served by another worker, whose messages ben gets by the slow poll alone; its acks are in time."""
    tape = Tape()
    for n in range(100):
        sent = 10.0 + n / 4
        tape.message(sent, sent + 0.01, sent + 0.02 if n % 2 or sent > 12.0 else 22.0)
    assert tape.recoveries(9.9) == [0.0, 12.1]


def test_what_is_sent_later_and_comes_late_counts_as_long_as_it_takes() -> None:
    tape = Tape()
    for n in range(100):
        sent = 10.0 + n / 4
        shown = sent + 0.02 if n % 2 or sent > 20.0 else sent + 10
        tape.message(sent, sent + 0.01, shown)
    assert tape.recoveries(9.9) == [0.0, 20.1]


def test_a_hiccup_long_after_is_not_recovery() -> None:
    tape = Tape()
    for n in range(40):
        tape.message(10.0 + n / 4, 10.01 + n / 4, 10.02 + n / 4)
    tape.message(30.0, 30.9, 31.0)
    assert tape.recoveries(10.0) == [0.0, 0.0]


def test_whom_nothing_reaches_before_the_next_moment_is_carried_over_it() -> None:
    tape = Tape()
    tape.message(9.0, 9.01, 9.02)
    for n in range(20):
        tape.message(14.5 + n / 4, 14.51 + n / 4, 14.52 + n / 4)
    assert tape.recoveries(10.0, 13.0) == [4.51, 4.52, 1.51, 1.52]


def test_what_is_overdue_at_the_next_moment_is_carried_over_it() -> None:
    tape = Tape()
    for n in range(40):
        sent = 10.0 + n / 4
        tape.message(sent, sent + 0.01, 14.0 if sent == 11.0 else sent + 0.02)
    assert tape.recoveries(9.9, 13.0) == [0.0, 4.1, 0.0, 1.0]


def test_what_the_next_moment_broke_is_not_laid_to_the_one_before() -> None:
    tape = Tape()
    for n in range(40):
        sent = 10.0 + n / 4
        late = 12.75 <= sent < 15.5
        tape.message(sent, 15.5 if late else sent + 0.01, 15.5 if late else sent + 0.02)
    assert tape.recoveries(9.9, 13.0) == [0.0, 0.0, 2.5, 2.5]


def test_a_silence_in_the_middle_is_no_recovery() -> None:
    """Where nobody is online nobody sends, and nothing comes late."""
    tape = Tape()
    tape.message(10.0, 10.01, 10.02)
    for n in range(20):
        tape.message(16.0 + n / 4, 16.01 + n / 4, 16.02 + n / 4)
    assert tape.recoveries(9.9) == [6.11, 6.12]


def test_whoever_comes_later_was_not_silent_before() -> None:
    tape = Tape()
    tape.now = 30.0
    tape.history.marked(client="ben", room=ROOM, change=Change.AWAY)
    tape.now = 38.0
    tape.history.marked(client="ben", room=ROOM, change=Change.RESUMED)
    for n in range(40):
        tape.message(35.0 + n / 4, 35.01 + n / 4, 35.02 + n / 4 if n > 12 else 38.0)
    assert tape.recoveries(35.0) == [0.0, 0.0]


def test_whoever_had_nothing_to_get_is_left_out() -> None:
    tape = Tape()
    tape.message(10.0, 10.01, 10.02)
    assert tape.recoveries(20.0) == []


def test_what_was_sent_while_a_client_was_away_says_nothing_of_its_delay() -> None:
    tape = Tape()
    tape.now = 5.0
    tape.history.marked(client="ben", room=ROOM, change=Change.AWAY)
    tape.now = 8.0
    tape.history.marked(client="ben", room=ROOM, change=Change.RESUMED)
    tape.message(6.0, 6.1, 8.1)
    tape.message(9.0, 9.1, 9.2)
    tape.now = 10.0
    tape.history.marked(client="ben", room=ROOM, change=Change.AWAY)
    tape.now = 20.0
    tape.history.marked(client="ben", room=ROOM, change=Change.RESUMED)
    tape.message(9.9, 20.1, 20.2)
    tape.message(21.0, 21.2, 21.3)
    assert [round(each.took, 2) for each in measures.displays(tape.case)] == [0.2, 0.3]


def test_the_curves_count_everything_once() -> None:
    tape = Tape()
    for n in range(10):
        tape.message(n * 0.3, n * 0.3 + 0.1, n * 0.3 + 0.2)
    found = measures.curves(tape.case, 0.0)
    assert sum(found.sends) == sum(found.acks) == sum(found.deliveries) == 10
    assert max(found.slowest) == 0.2


def test_a_figure_is_held_to_its_bound() -> None:
    assert Figure(name="x", value=1.0).ok
    assert Figure(name="x", value=1.0, at_most=1.0, at_least=1.0).ok
    missed = Figure(name="x", value=0.0, at_least=1.0)
    assert not missed.ok
    assert "MISSED" in str(missed)
    assert not Figure(name="x", value=1.0, at_most=0).ok


def test_a_quantile_is_one_of_the_values() -> None:
    assert quantile([], 0.95) == 0.0
    assert quantile([3.0], 0.5) == 3.0
    assert quantile([float(n) for n in range(101)], 0.95) == 95.0


def test_a_run_in_which_nothing_happened_fails() -> None:
    case = Case.of(History(), [])
    result = Result(2, "kill -9", "sqlite", seed=1)
    result.judged(judge(History(), []))
    assert result.ok
    result.figures = [measures.acknowledged(case, due=0.0), measures.acknowledged_in_the_end(case)]
    assert [figure.name for figure in result.figures if not figure.ok] == [
        "messages acknowledged",
        "sends acknowledged in the end",
    ]
    assert not result.ok


def test_half_of_what_was_due_is_enough_and_less_is_not() -> None:
    tape = Tape()
    for n in range(5):
        tape.message(n, n + 0.1, n + 0.2)
    assert measures.acknowledged(tape.case, due=0.0).ok
    assert measures.acknowledged(tape.case, due=10.9).ok
    assert not measures.acknowledged(tape.case, due=12.0).ok


def test_attempts_are_counted_by_what_they_were_refused_as() -> None:
    tape = Tape()
    tape.message(1.0, 1.01, 1.02)
    tape.history.settled(client="ana", key="key 1", outcome=Outcome.FAIL, code="rate_limited")
    assert (measures.refused_as(tape.case, "rate_limited"), measures.refused_as(tape.case, "forbidden")) == (1, 0)


def test_what_a_client_shows_of_what_was_sent_after_a_moment_is_counted() -> None:
    tape = Tape()
    tape.message(1.0, 1.01, 1.02)
    tape.message(2.0, 2.01, 2.02)
    assert [shown_of(tape.case, "ben", since=moment) for moment in (0.5, 1.5, 2.5)] == [2, 1, 0]
    assert shown_of(tape.case, "ana", since=0.5) == 0
