"""The judge of a run: a history and the stored rows in, every broken promise out. Pure; it trusts neither side."""

from collections.abc import Iterable
from math import inf

from chaos.oracle import changed, kept, leaked, seen
from chaos.oracle.case import Case
from chaos.oracle.history import Displayed, History, Row
from chaos.oracle.verdict import Fault, Report, Verdict


def judge(history: History, stored: Iterable[Row], *, stale_after: float = inf) -> Report:
    """Every fault of the run. Call it when the run is quiet: every client caught up, nothing under way.

    `stored` are all message rows of the database. A display later than `stale_after` seconds after the
    acknowledgement, at a client that followed the room all that time, is a fault.
    """
    case = Case.of(history, stored)
    delays = list(seen.delays(case))
    verdicts = [
        *seen.lost(case),
        *seen.gap(case),
        *seen.outdated(case),
        *seen.shown_twice(case),
        *kept.stored_twice(case),
        *seen.order_of_displays(case),
        *kept.order_of_rows(case),
        *kept.order_of_acks(case),
        *kept.divergent(case),
        *kept.unasked(case),
        *kept.retry_divergence(case),
        *changed.undone(case),
        *changed.unasked(case),
        *leaked.shown(case),
        *leaked.told(case),
        *leaked.signalled(case),
        *(
            Verdict(Fault.STALE, row.room, client, f"number {row.number} came {delay:.2f} s after its ack")
            for client, row, delay in delays
            if delay > stale_after
        ),
    ]
    return Report(
        verdicts=verdicts,
        sent=len(case.invoked),
        acked=len(case.acked),
        changed=sum(len(changes) for changes in case.altered.values()),
        displays=sum(1 for event in history.events if isinstance(event, Displayed) and event.first),
        views=len(case.views),
        left=sum(upto < inf for _, upto in case.owing()),
        slowest=max((delay for _, _, delay in delays), default=0.0),
    )
