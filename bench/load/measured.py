"""What the load generator reports."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds from the moment of sending."""

    count: int
    p50: float
    p90: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of `load`. CPU is in seconds unless the name says otherwise.

    `incomplete_sockets` missed messages or had some twice; `disordered_sockets` saw another order than the first of
    their room. `seconds` is from the first message to the last delivery.
    """

    sockets: int
    ready: int
    failed_connects: int
    connect_seconds: float
    connect_cpu_us: float
    memory_kib: float
    memory_before_mib: float
    memory_after_mib: float
    sent: int
    delivered: int
    acked: int
    refused: int
    seconds: float
    wall: float
    server_cpu: float
    store_cpu: float
    load_cpu: float
    others_ms: Latency
    self_ms: Latency
    ack_ms: Latency
    incomplete_sockets: int
    disordered_sockets: int
    gone_sockets: int
    closed_as_too_slow: int
    closes: int
    last_close: int
    first_failure: str
    back_seconds: list[float] | None = None
    failed_returns: int = 0

    @classmethod
    def read(cls, report: dict[str, Any]) -> "Measured":
        """From the program's JSON. Raises TypeError when its fields are others."""
        latencies = {name: Latency(**value) for name, value in report.items() if name.endswith("_ms")}
        return cls(**{**report, **latencies})

    @property
    def deliveries_per_second(self) -> float:
        return self.delivered / self.seconds if self.seconds else 0.0

    @property
    def us_per_delivery(self) -> float:
        """The workers' CPU time in microseconds."""
        return self.server_cpu * 1e6 / self.delivered if self.delivered else 0.0

    @property
    def us_per_message(self) -> float:
        return self.server_cpu * 1e6 / self.sent if self.sent else 0.0

    @property
    def store_us_per_message(self) -> float:
        """The CPU time of Redis and, where there is one, PostgreSQL."""
        return self.store_cpu * 1e6 / self.sent if self.sent else 0.0

    @property
    def messages_per_second(self) -> float:
        """Messages that reached everybody, and were acknowledged where the contestant does that."""
        return self.sent / self.seconds if self.seconds else 0.0
