"""Which processor cores run what: servers on the first ones, the load and the stores on the last."""

import os


def everybody() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def for_servers(workers: int) -> list[int]:
    """A core for each worker, as far as there are any; the last core is never among them unless it is the only one."""
    return (everybody()[:-1] or everybody())[:workers]


def for_load() -> list[int]:
    """The last core: the load generator, Redis and PostgreSQL share it."""
    return everybody()[-1:]
