"""Met, missed, not measured."""

from bench.load.measured import Latency
from bench.report.targets import targets
from bench.scenarios.fan_out import SATURATED
from bench.scenarios.herd import HERD
from bench.scenarios.idle import IDLE
from tests.bench.rows import NOTHING, results, row


def verdict(of: str, *rows: object) -> bool | None:
    [target] = [each for each in targets(results(*rows)) if of in each.what]  # type: ignore[arg-type]
    return target.met


def test_nothing_measured_is_neither_met_nor_missed() -> None:
    assert {target.met for target in targets(results())} == {None}


def test_a_cost_is_met_at_or_below_and_a_speed_at_or_above() -> None:
    fast = row(SATURATED, "Parley", setting={"sockets": 500}, delivered=2_000_000, server_cpu=2, seconds=2)
    slow = row(SATURATED, "Parley", setting={"sockets": 500}, delivered=2_000_000, server_cpu=2.2, seconds=2.2)
    assert (verdict("acknowledged: CPU a delivery", fast), verdict(": deliveries", fast)) == (True, True)
    assert (verdict("acknowledged: CPU a delivery", slow), verdict(": deliveries", slow)) == (False, False)


def test_a_lost_message_misses_its_target() -> None:
    lossy = row(SATURATED, "Parley", setting={"sockets": 500}, incomplete_sockets=1)
    assert verdict("lost, doubled", lossy) is False


def test_latency_is_of_the_asked_number_of_workers() -> None:
    late = Latency(count=9, p50=1, p90=1, p99=20, max=20)
    rows = [row(IDLE, "Parley", setting={"workers": each}, others_ms=late, ack_ms=NOTHING) for each in (1, 2)]
    assert verdict("on the same worker", *rows) is False
    assert verdict("on another worker", *rows) is True


def test_a_herd_is_judged_by_its_last_in_the_worst_of_the_repeats() -> None:
    herds = [
        row(HERD, "Parley", repeat=repeat, back_seconds=[1.0, 2.0, last], extra={"queries_per_resume": 0.5})
        for repeat, last in enumerate([3.0, 16.0, 3.0])
    ]
    assert verdict("all back", *herds) is False
    assert verdict("queries a resume", *herds) is True
