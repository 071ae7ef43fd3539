"""Whoever hears nothing for long is wrong, also where nothing is lost in the end."""

from types import SimpleNamespace

import pytest

from chaos.faults import failovers, redis, registry, streams
from chaos.faults.between import BetweenWorkers
from chaos.oracle.case import Case
from chaos.oracle.judge import judge
from chaos.oracle.verdict import Fault as Broken
from tests.chaos.test_measures import Tape

CARRIED = [kind for kind in registry.ALL.values() if issubclass(kind, BetweenWorkers)]


def came_after(seconds: float) -> Case:
    tape = Tape()
    tape.message(10.0, 10.1, 10.1 + seconds)
    return tape.case


def test_every_fault_of_redis_and_of_its_hints_is_among_them() -> None:
    assert {*redis.ALL, *failovers.ALL, streams.HintsSpoiled} == set(CARRIED)


@pytest.mark.parametrize("kind", CARRIED)
@pytest.mark.parametrize(("late", "broken"), [(15.0, {Broken.STALE}), (2.0, set())])
def test_whoever_is_deaf_until_the_slow_poll_is_wrong(
    kind: type[BetweenWorkers], late: float, broken: set[Broken]
) -> None:
    case = came_after(late)
    bearable = kind().bearable(SimpleNamespace(seconds=kind.seconds, stall=0.2))
    assert judge(case.history, case.stored, stale_after=bearable).faults == broken


def test_a_machine_that_held_up_sends_as_long_is_not_held_against_them() -> None:
    case = came_after(8.0)
    for stall, broken in ((0.2, {Broken.STALE}), (4.0, set())):
        bearable = redis.Killed().bearable(SimpleNamespace(seconds=12.0, stall=stall))
        assert judge(case.history, case.stored, stale_after=bearable).faults == broken
