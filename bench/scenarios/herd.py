"""Everybody's connection is cut at the same moment; they come back, and must have what was said meanwhile."""

from collections.abc import Iterator
from functools import partial

from bench.contestants.parley import asked
from bench.contestants.serving import Serving
from bench.load.run import drive
from bench.scenarios import field
from bench.scenarios.step import Effort, Finding, Step

HERD = "herd"
CROWD, SAMPLE = 3000, 200
SAID_MEANWHILE = 10
# The page's own back-off: half a second to begin with, and then up to half as long as one has been away.
JITTER = 0.5


def steps(effort: Effort) -> Iterator[Step]:
    if not effort.thorough:
        return
    yield Step(title=HERD, contestant=field.INSTRUMENTED_PARLEY, sizes=[SAMPLE, CROWD], measure=_resume)
    if not effort.quick:
        yield Step(title=HERD, contestant=field.TUTORIALS[1], sizes=[CROWD], measure=partial(_cut, room=0))


def _resume(serving: Serving) -> Iterator[Finding]:
    """With the database's queries: those of all connections, less what as many first connections made."""
    begun = asked(serving, "/bench/queries")
    drive(serving, [0], seconds=0)
    sampled = asked(serving, "/bench/queries")
    [finding] = _cut(serving, room=1)
    queries = asked(serving, "/bench/queries") - sampled - (sampled - begun) / SAMPLE * CROWD
    yield Finding(
        scenario=HERD,
        setting=finding.setting,
        measured=finding.measured,
        extra={"queries_per_resume": queries / (CROWD - 1), "queries_per_connect": (sampled - begun) / SAMPLE},
    )


def _cut(serving: Serving, *, room: int) -> Iterator[Finding]:
    measured = drive(serving, [room], cut=SAID_MEANWHILE, jitter=JITTER, settle=2, limit=90)
    yield Finding(scenario=HERD, setting={"sockets": CROWD}, measured=measured)
