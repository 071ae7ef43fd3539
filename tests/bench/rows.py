"""Measurements made up for the arithmetic's tests."""

from typing import Any

from bench.load.measured import Latency, Measured
from bench.machine import Machine
from bench.results import Results, Row

NOTHING = Latency(count=0, p50=0, p90=0, p99=0, max=0)
MACHINE = Machine(processor="", cores=2, memory_gib=1, system="", python="", versions={})


def measured(**fields: Any) -> Measured:
    counts = dict.fromkeys(
        [
            *("sockets", "ready", "failed_connects", "sent", "delivered", "acked", "refused", "incomplete_sockets"),
            *("disordered_sockets", "gone_sockets", "closed_as_too_slow", "closes", "last_close"),
            *("connect_seconds", "connect_cpu_us", "memory_kib", "memory_before_mib", "memory_after_mib", "seconds"),
            *("wall", "server_cpu", "store_cpu", "load_cpu"),
        ],
        0,
    )
    defaults = {**counts, "others_ms": NOTHING, "self_ms": NOTHING, "ack_ms": NOTHING, "first_failure": ""}
    return Measured(**{**defaults, **fields})


def row(scenario: str, contestant: str, *, repeat: int = 0, extra: Any = None, **fields: Any) -> Row:
    """Fields of `Measured`; `setting` among them is the row's."""
    setting = fields.pop("setting", {})
    return Row(
        scenario=scenario,
        contestant=contestant,
        repeat=repeat,
        setting=setting,
        measured=measured(**fields),
        extra=extra or {},
    )


def results(*rows: Row) -> Results:
    return Results(
        date="2026-01-01T00:00:00",
        command="",
        seconds=60,
        machine=MACHINE,
        others=0,
        rows=[*rows],
        failures=[],
        profiles={},
    )
