"""What workers had to look for because no hint brought it, by their own count."""

import re
from dataclasses import dataclass

from chaos.clients.site import Site

SAMPLE = re.compile(r'^parley_changes_repaired_total\{source="(\w+)"\} (\S+)$', re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Repairs:
    """Changes that did not come by themselves, by where they were found."""

    redis: int
    database: int

    def __sub__(self, earlier: "Repairs") -> "Repairs":
        return Repairs(redis=self.redis - earlier.redis, database=self.database - earlier.database)

    @property
    def total(self) -> int:
        return self.redis + self.database


async def repaired(site: Site) -> Repairs:
    """Those of all workers since they were started. A worker counts once a second."""
    answer = await site.call("GET", "/metrics")
    found = {source: int(float(count)) for source, count in SAMPLE.findall(answer.body.decode())}
    return Repairs(redis=found["redis"], database=found["database"])
