"""What a worker measures of itself, for Prometheus. Parts count in attributes; these are read every second."""

import asyncio
from collections.abc import Callable
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from chat.canary.canary import Canary
from chat.connections import Connections
from chat.delivery.carrier import Carrier
from chat.delivery.hub import Hub
from chat.journal import Journal

SAMPLE_SECONDS = 1.0

SOCKETS = Gauge("parley_sockets", "WebSockets served", multiprocess_mode="livesum")
STREAMS = Gauge("parley_streams", "Streams that somebody listens to, by worker, summed", multiprocess_mode="livesum")
COMMITTED = Counter("parley_changes_committed", "Changes that workers committed: messages, edits, memberships, markers")
COMMANDS = Counter("parley_journal_commands", "Commands that journals answered, refused ones too")
BATCHES = Counter("parley_journal_batches", "Transactions that journals made of them")
BATCH_SECONDS = Counter(
    "parley_journal_seconds", "What the transactions took: by batches, the mean latency of a commit"
)
WAITING = Gauge("parley_journal_waiting", "Commands that wait for a transaction under way", multiprocess_mode="livesum")
TOLD = Counter("parley_changes_told", "Changes told to a stream's sockets, once for each worker that hosts it")
REPAIRED = Counter(
    "parley_changes_repaired", "Changes that did not come by themselves, by where they were found", ["source"]
)
WELL = Gauge(
    "parley_redis_well",
    "1 where every worker's probes return, 0 where some do not",
    ["server"],
    multiprocess_mode="livemin",
)
ROUND_TRIP = Gauge(
    "parley_redis_round_trip_seconds", "The slowest worker's last probe", ["server"], multiprocess_mode="livemax"
)
PEERS_MISSING = Gauge(
    "parley_workers_missing", "Workers that another did not hear of lately", multiprocess_mode="livemax"
)
ALERTS = Counter("parley_alerts", "Alerts raised, by kind", ["kind"])
CANARIES = Gauge(
    "parley_canaries", "Canaries that a worker listens to, the fewest of all workers", multiprocess_mode="livemin"
)
CANARY_HEARD = Counter("parley_canary_heard", "Songs of canaries heard")
CANARY_OVERDUE = Gauge(
    "parley_canary_overdue_seconds",
    "For how long a committed song is not heard, the longest of all",
    multiprocess_mode="livemax",
)
CANARY_STORE = Gauge(
    "parley_canary_store_seconds",
    "What the last song took from the journal's queue to COMMIT",
    multiprocess_mode="livemax",
)
CANARY_WELL = Gauge("parley_canary_well", "1 where no canary is in trouble", multiprocess_mode="livemin")


def exposition() -> bytes:
    """All metrics of all workers that share a master, in Prometheus' text format; a second old at most."""
    if values.ValueClass is values.MutexValue:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class Metrics:
    """Reads the parts of one worker."""

    def __init__(
        self,
        *,
        connections: Connections,
        hub: Hub,
        journal: Journal,
        carrier: Carrier,
        canary: Canary | None,
        told: Callable[[], int],
    ) -> None:
        self._connections, self._hub, self._carrier, self._canary = connections, hub, carrier, canary
        self._journal, self._told = journal, told
        self._before: dict[Any, float] = {}

    async def run(self) -> None:
        """Sample every second until cancelled."""
        while True:
            self.sample()
            await asyncio.sleep(SAMPLE_SECONDS)

    def sample(self) -> None:
        """Bring every metric up to date."""
        SOCKETS.set(self._connections.total)
        STREAMS.set(len(self._hub.feeds))
        self._raise(COMMITTED, self._carrier.carried)
        self._raise(COMMANDS, self._journal.commands)
        self._raise(BATCHES, self._journal.batches)
        self._raise(BATCH_SECONDS, self._journal.seconds)
        WAITING.set(self._journal.waiting)
        self._raise(TOLD, self._told())
        self._raise(REPAIRED.labels("redis"), self._hub.repairs.from_redis)
        self._raise(REPAIRED.labels("database"), self._hub.repairs.from_database)
        self._sample_redis()
        if self._canary is not None:
            self._sample_canary(self._canary)

    def _sample_redis(self) -> None:
        links = [shard.link for shard in self._hub.links]
        for link in links:
            WELL.labels(link.server).set(link.well)
            ROUND_TRIP.labels(link.server).set(link.health.round_trip or 0.0)
        PEERS_MISSING.set(max((len(link.peers.missing) for link in links), default=0))
        self._raise(ALERTS.labels("redis_unwell"), sum(link.health.alerts for link in links))

    def _sample_canary(self, canary: Canary) -> None:
        CANARIES.set(canary.listened_to)
        CANARY_OVERDUE.set(canary.overdue())
        CANARY_STORE.set(canary.store_seconds)
        CANARY_WELL.set(canary.trouble is None)
        self._raise(CANARY_HEARD, canary.heard)
        self._raise(ALERTS.labels("canary"), canary.alerts)

    def _raise(self, counter: Counter, now: float) -> None:
        counter.inc(now - self._before.get(counter, 0))
        self._before[counter] = now
