"""Every fault there is, by its number in docs/reliability.md."""

from chaos.faults import clients, clocks, database, deploys, failovers, network, redis, resources, streams, workers
from chaos.faults.fault import Fault

MODULES = (workers, redis, failovers, database, clocks, streams, network, clients, deploys, resources)
ALL: dict[int, type[Fault]] = {fault.number: fault for module in MODULES for fault in module.ALL}
