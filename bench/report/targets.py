"""What Parley sets out to reach, and whether this run did."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.load.measured import Measured
from bench.report.summary import flawless, middle, ratio, worst
from bench.results import Results, Row
from bench.scenarios.durable import DURABLE
from bench.scenarios.fan_out import SATURATED, SINGLE
from bench.scenarios.herd import HERD
from bench.scenarios.idle import IDLE
from bench.scenarios.sockets import HELLO, MEMORY
from bench.scenarios.trouble import SLOW_QUERY, SLOW_READER, STALLED

PARLEY, NODE, FLOOR = "Parley", "Node ws", "C floor"
TUTORIAL, SAVING = "Channels tutorial, pub/sub", "Channels tutorial, pub/sub, saving"


@dataclass(frozen=True, kw_only=True)
class Target:
    """`measured` is None where this machine could not measure it; `at_most` turns the comparison around."""

    what: str
    wanted: float
    measured: float | None
    unit: str
    at_most: bool = True

    @property
    def met(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured <= self.wanted if self.at_most else self.measured >= self.wanted


def targets(results: Results) -> list[Target]:
    """In the order of the path: delivering, storing, waiting, connecting."""
    return [
        *_fan_out(results),
        *_one_at_a_time(results),
        *_durable(results),
        *_idle(results),
        *_sockets(results),
        *_trouble(results),
    ]


def _fan_out(results: Results) -> Iterator[Target]:
    rows = results.of(SATURATED, PARLEY, sockets=500)
    what = "fan-out, saturated, 500 sockets, stored and acknowledged"
    yield Target(what=f"{what}: CPU a delivery", wanted=1.0, measured=middle(rows, _cpu), unit="µs")
    speed = middle(rows, lambda each: each.deliveries_per_second)
    yield Target(what=f"{what}: deliveries", wanted=1_000_000, measured=speed, unit="/s", at_most=False)
    for other, wanted in ((NODE, 4.5), (TUTORIAL, 120.0)):
        times = ratio(results, SATURATED, of=other, to=PARLEY, figure=_cpu, sockets=500)
        yield Target(
            what=f"… CPU a delivery of {other}, in Parley's", wanted=wanted, measured=times, unit="times", at_most=False
        )
    flaws = None if not results.of(SATURATED, PARLEY) else float(not flawless(results.of(SATURATED, PARLEY)))
    yield Target(what="… measurements with a message lost, doubled or out of order", wanted=0, measured=flaws, unit="")


def _one_at_a_time(results: Results) -> Iterator[Target]:
    cost = ratio(results, SINGLE, of=PARLEY, to=FLOOR, figure=_cpu)
    yield Target(
        what="one at a time, 1,000 sockets: CPU a delivery, in the C floor's", wanted=1.8, measured=cost, unit="times"
    )
    wait = ratio(results, SINGLE, of=PARLEY, to=NODE, figure=lambda each: each.others_ms.p50)
    yield Target(what="… median latency, in Node's", wanted=2.0, measured=wait, unit="times")


def _durable(results: Results) -> Iterator[Target]:
    for contestant, database in ((PARLEY, "SQLite"), (f"{PARLEY} on PostgreSQL", "PostgreSQL")):
        speed = middle(results.of(DURABLE, contestant), _acknowledged)
        what = f"durable sends, 200 rooms, one worker, {database}"
        yield Target(what=what, wanted=4000, measured=speed, unit="/s", at_most=False)
    times = ratio(results, DURABLE, of=PARLEY, to=SAVING, figure=_acknowledged)
    yield Target(what="… in those of the tutorial that saves", wanted=8, measured=times, unit="times", at_most=False)


def _idle(results: Results) -> Iterator[Target]:
    for workers, wanted, where in ((1, 15.0, "on the same worker"), (2, 25.0, "on another worker")):
        rows = results.of(IDLE, PARLEY, workers=workers)
        wait = middle(rows, lambda each: each.others_ms.p99)
        yield Target(what=f"idle: until somebody {where} has it, p99", wanted=wanted, measured=wait, unit="ms")
    wait = middle(results.of(IDLE, PARLEY, workers=1), lambda each: each.ack_ms.p99)
    yield Target(what="idle: until it is acknowledged, p99", wanted=15.0, measured=wait, unit="ms")


def _sockets(results: Results) -> Iterator[Target]:
    cost = middle(results.of(HELLO, PARLEY), lambda each: each.connect_cpu_us / 1000)
    yield Target(what="connecting, with session and hello: CPU", wanted=1.5, measured=cost, unit="ms")
    memory = middle(results.of(MEMORY, PARLEY), lambda each: each.memory_kib)
    yield Target(what="an idle socket with a room open: memory", wanted=30, measured=memory, unit="KiB")
    herd = results.of(HERD, PARLEY)
    back = worst(herd, lambda each: each.back_seconds[-1] if each.back_seconds else 0.0)
    yield Target(what="3,000 sockets cut at once: all back and complete after", wanted=15, measured=back, unit="s")
    failed = worst(herd, lambda each: float(each.failed_returns + each.incomplete_sockets))
    yield Target(what="… failed connects and incomplete sockets", wanted=0, measured=failed, unit="")
    queries = [row.extra["queries_per_resume"] for row in herd]
    yield Target(what="… database queries a resume", wanted=1, measured=max(queries) if queries else None, unit="")


def _trouble(results: Results) -> Iterator[Target]:
    calm, stalled = (results.of(SLOW_READER, PARLEY, stalled=each) for each in (0, STALLED))
    memory = middle(stalled, lambda each: max(0.0, each.memory_after_mib - each.memory_before_mib) / STALLED)
    yield Target(what="a slow reader: memory", wanted=1.5, measured=memory, unit="MiB")
    yield Target(
        what="… the others' p99 with five of them, less without", wanted=5, measured=_later(calm, stalled), unit="ms"
    )
    calm, slow = (results.of(SLOW_QUERY, PARLEY, slow=each) for each in ("no", "always one"))
    yield Target(
        what="a query of 500 ms always under way: p99, less without", wanted=5, measured=_later(calm, slow), unit="ms"
    )


def _later(calm: Sequence[Row], troubled: Sequence[Row]) -> float | None:
    before, after = (middle(rows, lambda each: each.others_ms.p99) for rows in (calm, troubled))
    return None if before is None or after is None else max(0.0, after - before)


def _cpu(measured: Measured) -> float:
    return measured.us_per_delivery


def _acknowledged(measured: Measured) -> float:
    """Without acknowledgements the sender's own copy says that it is stored."""
    return (measured.acked or measured.self_ms.count) / measured.seconds if measured.seconds else 0.0
