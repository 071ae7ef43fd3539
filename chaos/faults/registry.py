"""Every fault there is, by its number in docs/reliability.md."""

from chaos.faults import (
    clients,
    clocks,
    database,
    deploys,
    disks,
    failovers,
    front,
    hangs,
    herds,
    kills,
    network,
    redis,
    resources,
    sleep,
    slowness,
    soak,
    streams,
    workers,
)
from chaos.faults.fault import Fault

MODULES = (
    workers,
    kills,
    hangs,
    redis,
    failovers,
    database,
    disks,
    clocks,
    streams,
    network,
    sleep,
    front,
    clients,
    herds,
    deploys,
    resources,
    soak,
    slowness,
)
ALL: dict[int, type[Fault]] = {fault.number: fault for module in MODULES for fault in module.ALL}
