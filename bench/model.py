"""How many workers, Redis servers and database cores a number of people needs, computed from measured costs.

`python -m bench.model RESULTS.json` prints it. Every assumption is a constant here and is stated in the tables.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import linear_regression, median

from bench.load.measured import Measured
from bench.report.markdown import number, table
from bench.report.summary import Figure, middle
from bench.results import Results, Row
from bench.scenarios.durable import DURABLE
from bench.scenarios.fan_out import SATURATED, SINGLE
from bench.scenarios.idle import IDLE
from bench.scenarios.scaling import HEARD, WORKERS
from bench.scenarios.sockets import MEMORY, OPENED

PARLEY, ON_POSTGRES = "Parley", "Parley on PostgreSQL"

PEOPLE = (10_000, 100_000, 1_000_000)
MESSAGES_AN_HOUR = 12
LISTENERS = 50
CONNECTS_AN_HOUR = 2
UTILISATION = 0.5
MOST_SOCKETS = 10_000


@dataclass(frozen=True, kw_only=True)
class Costs:
    """CPU in microseconds, measured in one run. `heard` is for each further worker that has listeners of a room.

    A message or delivery by itself is what it costs where so many come that they go together, `lone` where each comes
    alone; a lone message has a quiet worker's own housekeeping in it.
    """

    message_us: float
    lone_us: float
    delivery_us: float
    lone_delivery_us: float
    heard_us: float
    lone_heard_us: float
    redis_us: float
    redis_per_worker_us: float
    database_us: float | None
    connect_us: float
    socket_kib: float
    worker_mib: float


@dataclass(frozen=True, kw_only=True)
class Installation:
    """What so many people need."""

    people: int
    messages: float
    workers: int
    worker_gib: float
    redis_cores: float
    database_cores: float | None
    restart_seconds: float


def costs(results: Results) -> Costs | None:
    """None where the run lacks a scenario that is needed."""
    fan_out, heard = results.of(SATURATED, PARLEY), results.of(HEARD, PARLEY)
    sockets, memory = results.of(OPENED, PARLEY), results.of(MEMORY, PARLEY)
    stored, single = results.of(DURABLE, PARLEY), results.of(SINGLE, PARLEY)
    quiet = results.of(IDLE, PARLEY, workers=1)
    if not (fan_out and sockets and memory and stored and single and quiet and heard):
        return None
    delivery_us, _ = linear_regression(
        [float(row.setting["sockets"]) for row in fan_out], [row.measured.us_per_message for row in fan_out]
    )
    alone = [row for row in heard if row.setting["rate"]]
    redis_slope, redis_base = linear_regression(
        [float(row.setting["workers"]) for row in alone], [row.measured.store_us_per_message for row in alone]
    )
    message_us = _middle(stored, lambda each: each.us_per_message)
    lone = _middle(quiet, lambda each: each.us_per_message)
    lone_delivery_us = max(delivery_us, (_middle(single, lambda each: each.us_per_message) - lone) / 998)
    elsewhere = [row for row in heard if row.setting["workers"] == 2]
    on_postgres = results.of(DURABLE, ON_POSTGRES)
    return Costs(
        message_us=message_us,
        delivery_us=delivery_us,
        lone_us=lone - 2 * lone_delivery_us,
        lone_delivery_us=lone_delivery_us,
        heard_us=_middle([row for row in elsewhere if not row.setting["rate"]], lambda each: each.us_per_message),
        lone_heard_us=_middle([row for row in alone if row.setting["workers"] == 2], lambda each: each.us_per_message),
        redis_us=max(0.0, redis_base),
        redis_per_worker_us=max(0.0, redis_slope),
        database_us=max(0.0, _middle(on_postgres, _store_us) - _middle(stored, _store_us)) if on_postgres else None,
        connect_us=_middle(sockets, lambda each: each.connect_cpu_us),
        socket_kib=_middle(memory, lambda each: each.memory_kib),
        worker_mib=_middle(memory, lambda each: each.memory_before_mib),
    )


def _store_us(measured: Measured) -> float:
    return measured.store_us_per_message


def _middle(rows: Sequence[Row], figure: Figure) -> float:
    return median(figure(row.measured) for row in rows)


def _by_workers(rows: Sequence[Row], workers: int) -> float:
    some = [row for row in rows if row.setting["workers"] == workers]
    return middle(some, lambda each: each.us_per_message) or 0.0


def installation(costs: Costs, people: int) -> Installation:
    """The fewest workers that stay below the utilisation and the bound on sockets."""
    messages = people * MESSAGES_AN_HOUR / 3600
    workers = 1
    while workers < _workers_needed(costs, people, messages, workers):
        workers += 1
    hearing = min(workers, LISTENERS)
    redis_us = costs.redis_us + costs.redis_per_worker_us * hearing
    return Installation(
        people=people,
        messages=messages,
        workers=workers,
        worker_gib=(workers * costs.worker_mib + people * costs.socket_kib / 1024) / 1024,
        redis_cores=messages * redis_us / 1e6,
        database_cores=None if costs.database_us is None else messages * costs.database_us / 1e6,
        restart_seconds=people / workers * costs.connect_us / 1e6,
    )


def _workers_needed(costs: Costs, people: int, messages: float, workers: int) -> int:
    # At half of what it can do a worker has little that goes together: all at the price of a lone message.
    heard = (min(workers, LISTENERS) - 1) * costs.lone_heard_us
    message_us = costs.lone_us + heard + LISTENERS * costs.lone_delivery_us
    busy = (messages * message_us + people * CONNECTS_AN_HOUR / 3600 * costs.connect_us) / 1e6
    return max(ceil(busy / UTILISATION), ceil(people / MOST_SOCKETS))


def predicted_us(costs: Costs, *, workers: int, measured_alone: float) -> float:
    """A message's CPU with its listeners spread over so many workers, from what it costs on one."""
    return measured_alone + (workers - 1) * costs.heard_us


def costs_table(costs: Costs) -> str:
    """What things cost, and where the figure comes from."""
    rows = [
        [
            "a message stored, acknowledged and delivered to two",
            number(costs.message_us, "µs"),
            "durable sends, SQLite",
        ],
        ["a delivery in a busy room", number(costs.delivery_us, "µs"), "slope of CPU a message over the room's size"],
        ["a message that comes alone", number(costs.lone_us, "µs"), "50 a second, less two deliveries"],
        [
            "a delivery of one that comes alone",
            number(costs.lone_delivery_us, "µs"),
            "one at a time, 1,000 members, less a message to two",
        ],
        [
            "a message heard by another worker, busy",
            number(costs.heard_us, "µs"),
            "one member on each of two workers: the one without the sender",
        ],
        ["one that comes alone, heard", number(costs.lone_heard_us, "µs"), "the same, 100 a second"],
        ["Redis, a message", number(costs.redis_us, "µs"), "one member on each of 1, 2, 4 workers, alone: intercept"],
        ["Redis, each worker that hears it", number(costs.redis_per_worker_us, "µs"), "the same: slope"],
        ["PostgreSQL, a message", number(costs.database_us, "µs"), "durable sends, less those on SQLite"],
        ["a connect with a room opened", number(costs.connect_us / 1000, "ms"), "500 connects"],
        ["a socket", number(costs.socket_kib, "KiB"), "2,000 idle sockets"],
        ["a worker without sockets", number(costs.worker_mib, "MiB"), "the same"],
    ]
    return table(["cost", "measured", "from"], rows)


def sizes_table(costs: Costs) -> str:
    """What the numbers of people need."""
    head = ["people online", "messages a second", "workers", "their memory, GiB", "Redis, cores", "PostgreSQL, cores"]
    rows = []
    for people in PEOPLE:
        it = installation(costs, people)
        rows.append(
            [
                f"{people:,}",
                number(it.messages),
                f"{it.workers:,}",
                number(it.worker_gib),
                number(it.redis_cores),
                number(it.database_cores),
                number(it.restart_seconds, "s"),
            ]
        )
    return table([*head, "everybody reconnects in"], rows)


def check_table(costs: Costs, results: Results) -> str:
    """The model beside what was measured with 1, 2 and 4 workers."""
    spread = results.of(WORKERS, PARLEY)
    alone = _by_workers(spread, 1)
    rows = []
    for workers in sorted({int(row.setting["workers"]) for row in spread}):
        predicted = predicted_us(costs, workers=workers, measured_alone=alone)
        measured = _by_workers(spread, workers)
        rows.append([str(workers), number(predicted), number(measured), f"{measured / predicted - 1:+.0%}"])
    return table(["workers", "CPU a message, predicted, µs", "measured, µs", "difference"], rows)


def main() -> None:
    found = costs(Results.load(Path(sys.argv[1])))
    if found is None:
        sys.exit("This run did not measure what the model needs.")
    print(costs_table(found), sizes_table(found), sep="\n\n")


if __name__ == "__main__":
    main()
