"""How fast things went, from the history alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from chaos.clients.outbox import PASSING
from chaos.figure import Figure
from chaos.oracle.case import Case
from chaos.oracle.history import Change, History, Marked, Outcome
from chaos.result import Curves

LATE = 0.5
"""Seconds from sending to an acknowledgement or a display, above which a client notices the fault."""
CALM = 2.0
"""A client is well again once what was sent for so many seconds came, and nothing of it late."""
ENOUGH = 0.5
"""The share of the messages due that must be acknowledged for the run to say anything."""


@dataclass(frozen=True)
class Arrival:
    """A message reached its sender as an acknowledgement, or a client as a display."""

    at: float
    client: str
    took: float
    """Seconds since it was first sent."""

    @property
    def sent(self) -> float:
        return self.at - self.took

    @property
    def is_late(self) -> bool:
        return self.took > LATE


def acks(case: Case) -> Iterator[Arrival]:
    """The first acknowledgement of each message."""
    for key, attempts in case.acked.items():
        first = attempts[0]
        if key in case.invoked:
            yield Arrival(first.at, first.client, first.at - case.invoked[key][0].at)


def displays(case: Case) -> Iterator[Arrival]:
    """The first display of each message at each client that had the room open when it was sent."""
    for event in case.displays:
        sent = case.invoked.get(event.row.key)
        view = case.views[event.client, event.row.room]
        if event.first and sent and view.followed_from(sent[0].at, event.at):
            yield Arrival(event.at, event.client, event.at - sent[0].at)


def within(arrivals: Iterable[Arrival], begin: float, end: float) -> list[float]:
    """How long those took that were sent in that time."""
    return [each.took for each in arrivals if begin <= each.sent < end]


def recoveries(case: Case, healed: Sequence[float]) -> list[float]:
    """For each moment and client: the seconds from then until everything that is sent reaches it in time.

    Whom nothing reaches is not well. A moment's time goes beyond the next one where the client was not well by then.
    Whoever had nothing to get after the moment is left out.
    """
    by_client: dict[str, list[Arrival]] = defaultdict(list)
    for each in sorted([*acks(case), *displays(case)], key=lambda arrival: arrival.sent):
        by_client[each.client].append(each)
    times = []
    for number, moment in enumerate(healed):
        end = healed[number + 1] if number + 1 < len(healed) else inf
        for client, found in by_client.items():
            after = [each for each in found if each.at > moment]
            if after:
                times.append(_recovery(after, moment, end, there=_there(case, client, moment)))
    return times


def unanswered(case: Case) -> int:
    """Attempts to send whose outcome the client never learned."""
    return sum(attempt.outcome is Outcome.INFO for attempts in case.settled.values() for attempt in attempts)


def refused(case: Case) -> int:
    """Messages that were never acknowledged though their sender tried."""
    return sum(1 for key in case.invoked if key not in case.acked)


def not_sent(case: Case) -> Figure:
    """Answers upon which the page would have shown a message as not sent; nothing that breaks may give one."""
    codes = [attempt.code for attempts in case.settled.values() for attempt in attempts]
    given_up = sum(bool(code) and code not in PASSING for code in codes)
    return Figure(name="answers the page would show as not sent", value=given_up, at_most=0)


def emptied(history: History) -> Figure:
    """Views that the server emptied, for the person to see the page begin anew."""
    count = sum(isinstance(event, Marked) and event.change is Change.RESET for event in history.events)
    return Figure(name="views that the server emptied", value=count, at_most=0)


def refused_as(case: Case, code: str) -> int:
    """Attempts to send that the server refused with this code."""
    return sum(attempt.code == code for attempts in case.settled.values() for attempt in attempts)


def acknowledged(case: Case, *, due: float) -> Figure:
    """How many messages were acknowledged. `due`: how many loads should have sent, by the clock.

    Half of them is enough: a machine that others want too sends late. One is always needed, also without a load.
    """
    return Figure(name="messages acknowledged", value=len(case.acked), at_least=max(1, int(due * ENOUGH)))


def acknowledged_in_the_end(case: Case) -> Figure:
    """The share of the messages that were, by whichever attempt; of none, nothing."""
    sent = len(case.invoked)
    share = 100.0 * (sent - refused(case)) / sent if sent else 0.0
    return Figure(name="sends acknowledged in the end", value=share, unit="%", at_least=100.0)


def curves(case: Case, begin: float) -> Curves:
    """The run as bins of a quarter of a second."""
    found = Curves()
    sends = [events[0].at for events in case.invoked.values()]
    settled = [each.at for each in acks(case)]
    arrived = list(displays(case))
    last = max([*sends, *settled, *(each.at for each in arrived)], default=begin)
    bins = int((last - begin) / found.step) + 1
    found.sends.extend(_counted(sends, begin, bins, found.step))
    found.acks.extend(_counted(settled, begin, bins, found.step))
    found.deliveries.extend(_counted([each.at for each in arrived], begin, bins, found.step))
    slowest = [0.0] * bins
    for each in arrived:
        place = int((each.at - begin) / found.step)
        slowest[place] = max(slowest[place], round(each.took, 3))
    found.slowest.extend(slowest)
    return found


def _there(case: Case, client: str, moment: float) -> float:
    """When, from that moment on, the client first had a room open."""
    spans = (span for (name, _), view in case.views.items() if name == client for span in view.spans)
    return min((max(span.start, moment) for span in spans if span.end > moment), default=moment)


def _recovery(arrivals: list[Arrival], moment: float, end: float, *, there: float) -> float:
    """By time of sending: what comes in time says nothing of what was sent before it, and is still on its way."""
    last, heard, well = moment, there, False
    for each in arrivals:
        silent = min(each.at, end) - heard > (CALM if well else LATE)
        if well and not silent and each.sent + LATE >= end:
            break
        if each.is_late:
            last, well = max(last, each.at), False
        elif each.at > last:
            if silent:
                last = each.at
            elif each.sent - last > CALM:
                break
            well = True
        heard = max(heard, each.at)
    return last - moment


def _counted(moments: Iterable[float], begin: float, bins: int, step: float) -> list[int]:
    counts = [0] * bins
    for moment in moments:
        counts[int((moment - begin) / step)] += 1
    return counts
