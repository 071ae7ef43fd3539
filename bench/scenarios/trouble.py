"""One client that does not read, one database query that takes long: what the others notice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.contestants.parley import asked
from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

SLOW_READER, SLOW_QUERY = "slow reader", "slow query"
MEMBERS, READERS, STALLED = 50, 15, 5
# Enough to fill a kernel's buffers and the server's bound within a second or two.
BIG_BODY, BIG_RATE = 7000, 150
RATE = 100


def steps(effort: Effort) -> Iterator[Step]:
    if not effort.thorough:
        return
    for contestant in [field.PARLEY, *([] if effort.quick else field.node())]:
        measure = partial(_readers, seconds=6 * effort.seconds)
        yield Step(title=SLOW_READER, contestant=contestant, sizes=[READERS], measure=measure)
    measure = partial(_queries, seconds=4 * effort.seconds)
    yield Step(title=SLOW_QUERY, contestant=field.INSTRUMENTED_PARLEY, sizes=[MEMBERS], measure=measure)


def _readers(serving: Serving, *, seconds: float) -> Iterator[Finding]:
    for stalled in (0, STALLED):
        measured = drive(serving, rate=BIG_RATE, seconds=seconds, settle=2, padding=BIG_BODY, stalled=stalled)
        yield Finding(scenario=SLOW_READER, setting={"stalled": stalled}, measured=measured)


def _queries(serving: Serving, *, seconds: float) -> Iterator[Finding]:
    yield Finding(
        scenario=SLOW_QUERY, setting={"slow": "no"}, measured=drive(serving, rate=RATE, seconds=seconds, settle=2)
    )
    with _always_one_slow(serving):
        measured = drive(serving, rate=RATE, seconds=seconds, settle=2)
    yield Finding(scenario=SLOW_QUERY, setting={"slow": "always one"}, measured=measured)


@contextmanager
def _always_one_slow(serving: Serving) -> Iterator[None]:
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            asked(serving, "/bench/slow")

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
