"""A fault that promises repairs, and in which nothing was repaired, has shown nothing."""

from types import SimpleNamespace

import pytest

from chaos.clients.site import Answer
from chaos.faults import failovers, redis, streams
from chaos.faults.between import FROM_DATABASE, REPAIRED, BetweenWorkers
from chaos.figure import Figure
from chaos.result import Result
from chaos.scene import Scene
from chaos.stack.repairs import Repairs, repaired

ANYWHERE = [redis.SubscribersCut, streams.HintsSpoiled]
DATABASE = [
    redis.Killed,
    redis.Frozen,
    redis.LoneMessages,
    failovers.FailedOver,
    failovers.SentinelFailover,
    failovers.OneOfTwoKilled,
]


class Told:
    """A site whose workers say so."""

    def __init__(self, *, redis: int, database: int) -> None:
        self._counts = {"redis": redis, "database": database}

    async def call(self, method: str, path: str) -> Answer:
        lines = [
            f'parley_changes_repaired_total{{source="{source}"}} {count}.0' for source, count in self._counts.items()
        ]
        return Answer(200, {}, "\n".join(["# TYPE parley_changes_repaired_total counter", *lines, ""]).encode())


async def measured(kind: type[BetweenWorkers], *, redis: int, database: int) -> dict[str, Figure]:
    fault = kind()
    fault._repaired = Repairs(redis=500, database=500)
    result = Result(kind.number, kind.title, "sqlite", seed=1)
    scene = SimpleNamespace(
        stack=SimpleNamespace(site=Told(redis=500 + redis, database=500 + database)),
        seconds=kind.seconds,
        result=result,
    )
    scene.measure = lambda *args, **kwargs: Scene.measure(scene, *args, **kwargs)  # type: ignore[arg-type]
    await fault.measure_repairs(scene)
    return {figure.name: figure for figure in result.figures}


async def test_they_are_told_by_where_they_were_found() -> None:
    found = await repaired(Told(redis=12, database=3))  # type: ignore[arg-type]
    assert found - Repairs(redis=2, database=0) == Repairs(redis=10, database=3)
    assert found.total == 15


@pytest.mark.parametrize("kind", ANYWHERE)
async def test_what_hints_did_not_bring_was_repaired(kind: type[BetweenWorkers]) -> None:
    assert not (await measured(kind, redis=0, database=0))[REPAIRED].ok
    assert (await measured(kind, redis=50, database=0))[REPAIRED].ok


@pytest.mark.parametrize("kind", DATABASE)
async def test_what_redis_did_not_have_was_found_in_the_database(kind: type[BetweenWorkers]) -> None:
    assert not (await measured(kind, redis=50, database=0))[FROM_DATABASE].ok
    assert (await measured(kind, redis=0, database=50))[FROM_DATABASE].ok
