"""Messages to the members of one room: as fast as possible, one at a time, at a steady rate."""

from collections.abc import Iterator, Sequence
from functools import partial

from bench.contestants.serving import Contestant, Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

SIZES = (10, 200, 500, 1000, 5000)
QUICK_SIZES = (10, 500, 1000)
SATURATED, SINGLE, STEADY = "fan-out", "one at a time", "steady rate"
SENDERS = 20
STEADY_RATES = (5, 50)


def steps(effort: Effort) -> Iterator[Step]:
    for contestant in field.fast():
        is_parley = contestant is field.PARLEY
        sizes = SIZES if not effort.quick or (effort.thorough and is_parley) else QUICK_SIZES
        yield _step(contestant, sizes, effort, rates=STEADY_RATES[1:] if effort.quick else STEADY_RATES)
    if effort.quick and not effort.thorough:
        return
    for contestant in field.TUTORIALS if effort.quick else [*field.TUTORIALS, *field.SAVING_TUTORIALS]:
        yield _step(contestant, QUICK_SIZES if effort.quick else SIZES, effort, rates=STEADY_RATES[:1])


def _step(contestant: Contestant, sizes: Sequence[int], effort: Effort, *, rates: Sequence[float]) -> Step:
    measure = partial(_measure, sizes=sizes, window=contestant.window, effort=effort, rates=rates)
    return Step(title="fan-out", contestant=contestant, sizes=sizes, measure=measure)


def _measure(
    serving: Serving, *, sizes: Sequence[int], window: int, effort: Effort, rates: Sequence[float]
) -> Iterator[Finding]:
    timing = {"seconds": effort.seconds, "warm": effort.warm, "senders": SENDERS}
    for room, size in enumerate(sizes):
        # A slow server needs no queue of thousands of deliveries to be busy.
        under_way = window if size < 1000 else max(2, window // 4)
        measured = drive(serving, [room], **{**timing, "senders": min(SENDERS, size), "window": under_way})
        yield Finding(scenario=SATURATED, setting={"sockets": size}, measured=measured)
    yield Finding(scenario=SINGLE, setting={"sockets": 1000}, measured=drive(serving, [sizes.index(1000)], **timing))
    for rate in rates if effort.thorough else ():
        measured = drive(serving, [sizes.index(500)], **{**timing, "seconds": 2 * effort.seconds}, rate=rate, settle=2)
        yield Finding(scenario=STEADY, setting={"sockets": 500, "rate": rate}, measured=measured)
