"""From repeats to one number."""

from bench.load.measured import Measured
from bench.report.summary import flawless, middle, ratio
from tests.bench.rows import measured, results, row


def cpu(each: Measured) -> float:
    return each.us_per_delivery


def test_costs_are_the_workers_cpu_shared_by_what_it_did() -> None:
    one = measured(sent=100, delivered=50_000, seconds=0.5, server_cpu=0.05, store_cpu=0.001)
    assert one.us_per_delivery == 1.0
    assert one.us_per_message == 500
    assert one.store_us_per_message == 10
    assert one.deliveries_per_second == 100_000
    assert one.messages_per_second == 200


def test_a_measurement_without_deliveries_costs_nothing() -> None:
    one = measured(server_cpu=1)
    assert (one.us_per_delivery, one.us_per_message, one.deliveries_per_second) == (0, 0, 0)


def test_the_median_of_the_repeats_counts() -> None:
    rows = [row("x", "a", repeat=each, delivered=1_000_000, server_cpu=cost) for each, cost in enumerate((1, 9, 2))]
    assert middle(rows, cpu) == 2
    assert middle([], cpu) is None


def test_a_ratio_compares_within_a_repeat() -> None:
    costs = {"a": (4, 40, 5), "b": (1, 20, 2)}
    rows = [
        row("x", name, repeat=repeat, delivered=1_000_000, server_cpu=cost)
        for name, each in costs.items()
        for repeat, cost in enumerate(each)
    ]
    assert ratio(results(*rows), "x", of="a", to="b", figure=cpu) == 2.5
    assert ratio(results(*rows), "x", of="a", to="c", figure=cpu) is None


def test_one_flawed_socket_spoils_a_proof() -> None:
    good = row("x", "a", sockets=500)
    assert flawless([good, good])
    for flaw in ("incomplete_sockets", "disordered_sockets", "refused"):
        assert not flawless([good, row("x", "a", sockets=500, **{flaw: 1})])
