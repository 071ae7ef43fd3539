"""The scaling model, on round numbers."""

import pytest

from bench import model
from bench.model import Costs, installation
from bench.scenarios.durable import DURABLE
from bench.scenarios.fan_out import SATURATED, SINGLE
from bench.scenarios.idle import IDLE
from bench.scenarios.scaling import HEARD
from bench.scenarios.sockets import MEMORY, OPENED
from tests.bench.rows import results, row

COSTS = Costs(
    message_us=200,
    lone_us=500,
    delivery_us=1,
    lone_delivery_us=5,
    heard_us=50,
    lone_heard_us=100,
    redis_us=20,
    redis_per_worker_us=5,
    database_us=200,
    connect_us=1000,
    socket_kib=32,
    worker_mib=100,
)


def test_a_hundred_thousand_people() -> None:
    needed = installation(COSTS, 100_000)
    assert needed.messages == pytest.approx(333.3, abs=0.1)
    # 333 messages of 500 us, 50 deliveries of 5 us and 9 further workers of 100 us, 56 connects a second: 0.61 cores.
    assert needed.workers == 10
    assert needed.redis_cores == pytest.approx(333.3 * (20 + 5 * 10) / 1e6, rel=1e-3)
    assert needed.database_cores == pytest.approx(333.3 * 200 / 1e6, rel=1e-3)
    assert needed.worker_gib == pytest.approx((10 * 100 + 100_000 * 32 / 1024) / 1024)
    assert needed.restart_seconds == 10


def test_workers_are_added_when_cpu_and_not_sockets_is_short() -> None:
    assert installation(Costs(**{**vars_of(COSTS), "lone_us": 50_000}), 10_000).workers > 1


def test_more_workers_than_listeners_hear_no_more() -> None:
    needed = installation(COSTS, 1_000_000)
    assert needed.workers >= 100
    assert needed.redis_cores == pytest.approx(needed.messages * (20 + 5 * model.LISTENERS) / 1e6)


def test_costs_are_slopes_and_differences() -> None:
    rooms = [
        row(SATURATED, "Parley", setting={"sockets": size}, sent=1, server_cpu=(400 + 2 * size) / 1e6)
        for size in (10, 500, 1000)
    ]
    heard = [
        row(
            HEARD,
            "Parley",
            setting={"workers": each, "rate": rate},
            sent=1,
            server_cpu=(80 + rate) * (each - 1) / 1e6,
            store_cpu=each / 1e5,
        )
        for each in (1, 2, 4)
        for rate in (0, 100)
    ]
    found = model.costs(
        results(
            *rooms,
            *heard,
            row(DURABLE, "Parley", sent=1, server_cpu=600 / 1e6),
            row(SINGLE, "Parley", sent=1, server_cpu=(1000 + 998 * 6) / 1e6),
            row(IDLE, "Parley", setting={"workers": 1}, sent=1, server_cpu=1000 / 1e6),
            row(OPENED, "Parley", connect_cpu_us=2000.0),
            row(MEMORY, "Parley", memory_kib=33.0, memory_before_mib=90.0),
        )
    )
    assert found is not None
    assert found.delivery_us == pytest.approx(2)
    assert found.lone_delivery_us == pytest.approx(6)
    assert found.lone_us == pytest.approx(1000 - 2 * 6)
    assert found.heard_us == pytest.approx(80)
    assert found.lone_heard_us == pytest.approx(180)
    assert found.redis_us == pytest.approx(0, abs=1e-6)
    assert found.redis_per_worker_us == pytest.approx(10)
    assert found.database_us is None


def test_without_the_scenarios_there_is_no_model() -> None:
    assert model.costs(results()) is None


def vars_of(costs: Costs) -> dict[str, float]:
    return {name: getattr(costs, name) for name in costs.__dataclass_fields__}
