"""The oracle itself is proved: silent on every clean run, and never silent on a spoiled one."""

import operator
from random import Random
from typing import get_args

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chaos.oracle.judge import judge
from chaos.oracle.verdict import Fault, Report
from tests.oracle.plants import PLANTS, Plant, Run, refused_edit_shown
from tests.oracle.world import Move, World

STALE_AFTER = 100_000.0
# Two messages in each room: of what was left before anything was said there is nothing to judge.
TALK: list[tuple[Move, int, int]] = []
for author, place in ((0, 0), (2, 0), (1, 1), (3, 1)):
    TALK += [("send", author, place), ("store", 0, 0), ("answer", 0, 0)]
MOVES = st.builds(
    operator.add,
    st.sampled_from([[], TALK]),
    st.lists(
        st.tuples(st.sampled_from(get_args(Move)), st.integers(0, 7), st.integers(0, 15)), min_size=10, max_size=60
    ),
)
# A run in which every plant finds something to spoil. The last number is 2 * subject + (0 open room, 1 private room).
BUSY: list[tuple[Move, int, int]] = []
BUSY += [("send", 0, 0), ("retry", 0, 0), ("store", 0, 0), ("answer", 0, 0), ("answer", 0, 0)]
BUSY += [("hear", 2, 0), ("hear", 3, 6), ("send", 2, 0), ("store", 0, 0), ("answer", 0, 0), ("hear", 2, 0)]
BUSY += [("send", 1, 1), ("store", 0, 0), ("answer", 0, 0), ("send", 3, 1), ("store", 0, 0), ("lose", 0, 0)]
BUSY += [("hear", 2, 7), ("hear", 0, 6), ("hear", 3, 7), ("edit", 0, 0), ("leave", 1, 0), ("delete", 2, 3)]
BUSY += [("send", 2, 0), ("refuse", 0, 0), ("remove", 3, 1), ("react", 2, 1), ("catch_up", 1, 0), ("reset", 3, 8)]
BUSY += [("send", 2, 1), ("store", 0, 0), ("answer", 0, 0), ("send", 0, 0), ("store", 0, 0)]
BUSY += [("signal", 0, 1), ("advance", 1, 1), ("edit", 0, 12), ("catch_up", 0, 0), ("edit", 0, 0), ("catch_up", 0, 0)]
BUSY += [("forget", 0, 0), ("reset", 0, 8)]


def judged(world: World) -> Report:
    return judge(world.history, world.stored(), stale_after=STALE_AFTER)


@given(MOVES)
@settings(deadline=None, max_examples=200)
def test_a_clean_run_has_no_fault(moves: list[tuple[Move, int, int]]) -> None:
    judged(World.played(moves)).assert_clean(acked=0)


@example([("send", 0, 0), ("store", 0, 0), ("delete", 0, 12), ("delete", 0, 0)], refused_edit_shown, 0)
@given(MOVES, st.sampled_from(PLANTS), st.integers(0, 2**32))
@settings(deadline=None, max_examples=400)
def test_a_fault_planted_anywhere_is_found(moves: list[tuple[Move, int, int]], plant: Plant, seed: int) -> None:
    world = World.played(moves)
    run = Run(world, world.stored(), Random(seed))
    expected = plant(run)
    assume(expected is not None)
    report = judge(world.history, run.stored, stale_after=STALE_AFTER)
    assert report.faults & (expected or set()), f"{plant.__name__}: {report}"


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_each_planted_fault_is_found_by_its_name(plant: Plant) -> None:
    spoiled = 0
    for seed in range(30):
        world = World.played(BUSY)
        judged(world).assert_clean(acked=4)
        run = Run(world, world.stored(), Random(seed))
        if expected := plant(run):
            spoiled += 1
            assert judge(world.history, run.stored, stale_after=STALE_AFTER).faults & expected
    assert spoiled, f"{plant.__name__} finds nothing to spoil"


def test_what_was_shown_is_judged_when_a_view_is_left_or_begins_anew() -> None:
    kept = World.played(BUSY[:-2])
    assert judged(World.played(BUSY)).left == judged(kept).left + 1
    assert judged(World.played([*BUSY, ("reset", 2, 8)])).left == judged(World.played(BUSY)).left + 1


def test_every_fault_the_oracle_names_has_a_plant() -> None:
    planted: set[Fault] = set()
    for plant in PLANTS:
        for seed in range(20):
            world = World.played(BUSY)
            planted |= plant(Run(world, world.stored(), Random(seed))) or set()
    assert planted == set(Fault)


def test_a_report_reads_as_numbers_then_evidence() -> None:
    world = World.played(BUSY)
    run = Run(world, world.stored(), Random(1))
    PLANTS[0](run)
    lines = str(judge(world.history, run.stored)).splitlines()
    assert "acked" in lines[0]
    assert any("is not shown" in line for line in lines[1:])
