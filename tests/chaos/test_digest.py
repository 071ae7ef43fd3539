"""Many runs in one row, and the page that shows them."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from chaos.faults import registry
from chaos.figure import Figure
from chaos.report import tables
from chaos.report.digest import Digest, ToldAlready
from chaos.report.goals import GOALS
from chaos.result import Result

SENDS = [100.0, 99.0, 98.0]
EARLIER = tables.REFERENCE.with_name("earlier.json")
SEEDS = 20


def run(seed: int, *, load: float, recovery: float, **changes: int) -> Result:
    figures = [
        Figure(name="machine load", value=load),
        Figure(name="recovery p95", value=recovery, unit="s", at_most=3.0),
        Figure(name="sends acknowledged in the end", value=SENDS[seed], unit="%", at_least=100.0),
    ]
    made = Result(2, "kill -9", "sqlite", seed=seed, sent=10, acked=10, displays=200, figures=figures)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_times_are_the_worst_of_the_runs_at_rest_and_all_else_of_all() -> None:
    digest = Digest.of(
        [run(0, load=1.0, recovery=0.5), run(1, load=2.0, recovery=0.7), run(2, load=9.0, recovery=8.0, lost=1)]
    )
    [cell] = digest.cells
    assert (cell.seeds, cell.at_rest, cell.broken, cell.failed, cell.acked) == ((0, 1, 2), 2, 1, 2, 30)
    assert {each.name: each.value for each in cell.figures} == {
        "machine load": 9.0,
        "recovery p95": 0.7,
        "sends acknowledged in the end": 98.0,
    }


def test_without_a_run_at_rest_the_worst_of_all_is_shown_and_said_to_be() -> None:
    digest = Digest.of([run(0, load=9.0, recovery=8.0)])
    assert "0 of 10 in 1 run; recovery p95 **8 s**; never at rest" in tables.faults(digest)


def test_a_run_that_went_wrong_without_a_verdict_counts_as_failed() -> None:
    digest = Digest.of([Result(2, "kill -9", "sqlite", seed=0, problems=["not level after 30 s"])])
    assert "**1 failed**" in tables.faults(digest)


def test_what_was_left_out_is_no_run() -> None:
    assert Digest.of([Result(15, "disk full", "sqlite", seed=0, notes=["it takes root"])]).cells == ()


def test_a_digest_is_read_as_it_was_written(tmp_path: Path) -> None:
    digest = Digest.of([run(0, load=1.0, recovery=0.5)])
    digest.write(tmp_path / "reference.json")
    assert Digest.read(tmp_path / "reference.json") == digest


@pytest.mark.parametrize("first", range(4))
def test_a_campaign_in_two_parts_is_as_good_as_in_one(first: int) -> None:
    runs = [run(0, load=9.0, recovery=8.0, lost=1), run(1, load=1.0, recovery=0.5), run(2, load=2.0, recovery=0.7)]
    runs += [Result(6, "Redis", "postgres", seed=0, problems=["not level"])]
    assert Digest.of(runs[:first]).and_also(Digest.of(runs[first:])) == Digest.of(runs)


def test_a_figure_that_missed_its_own_bound_is_worse_than_a_higher_one_that_did_not() -> None:
    def soak(seed: int, grown: float, bound: float) -> Result:
        figure = Figure(name="grew by", value=grown, unit="MB", at_most=bound)
        return Result(30, "a day", "sqlite", seed=seed, sent=1, acked=1, figures=[figure])

    [cell] = Digest.of([soak(1, 5.0, 4.0), soak(2, 6.0, 8.0)]).cells
    assert [(each.value, each.ok) for each in cell.figures] == [(5.0, False)]
    assert cell.failed == 1


def test_a_figure_with_both_bounds_shows_what_is_beyond_them() -> None:
    figures = [[Figure(name="rows per key", value=value, at_most=1, at_least=1)] for value in (1, 2, 1)]
    [cell] = Digest.of(
        [Result(17, "tenfold", "sqlite", seed=n, sent=1, figures=each) for n, each in enumerate(figures)]
    ).cells
    assert [each.value for each in cell.figures] == [2]


def test_the_same_run_does_not_count_twice() -> None:
    digest = Digest.of([run(0, load=1.0, recovery=0.5)])
    with pytest.raises(ToldAlready, match="Fault 2 on sqlite"):
        digest.and_also(digest)


def test_every_fault_has_its_row_and_every_goal_its_faults() -> None:
    rows = re.findall(r"^\| (\d+) \|", tables.faults(Digest(())), re.MULTILINE)
    assert [int(number) for number in rows] == sorted(registry.ALL)
    assert all(number in registry.ALL for goal in GOALS for number in goal.faults)


def test_the_page_shows_the_reference() -> None:
    page = tables.PAGE.read_text()
    assert tables.filled(page, Digest.read(tables.REFERENCE)) == page


def test_what_the_page_tells_of_the_earlier_form_is_what_its_runs_found() -> None:
    earlier = Digest.read(EARLIER)
    staged = sum(len(cell.seeds) for cell in earlier.cells)
    acked = sum(cell.acked for cell in earlier.cells)
    displays = sum(cell.displays for cell in earlier.cells)
    assert f"{staged:,} runs, with {acked:,} acknowledged messages, shown {displays:,} times" in told()
    assert sum(cell.broken for cell in earlier.cells) == 0


def test_what_the_page_tells_of_the_seeds_is_so_and_nothing_broke_in_any() -> None:
    cells = Digest.read(tables.REFERENCE).cells
    seeds: dict[tuple[int, str], set[int]] = defaultdict(set)
    for cell in (*Digest.read(EARLIER).cells, *cells):
        seeds[cell.number, cell.database] |= set(cell.seeds)
    assert {(cell.number, cell.database) for cell in cells} == {
        (number, engine) for number, fault in registry.ALL.items() for engine in fault.engines
    }
    assert [key for key in seeds if len(seeds[key]) < SEEDS] == []
    assert f"Each of the {len(cells)} cells has twenty seeds or more in the two forms together" in told()
    assert sum(cell.broken for cell in cells) == 0
    assert [cell for cell in cells if not cell.at_rest] == []
    assert [(cell.number, cell.database) for cell in cells if cell.failed] == [
        (3, "postgres"),
        (24, "postgres"),
        (24, "sqlite"),
    ]
    assert "In three of them a count missed its bound. In fault 3 on PostgreSQL" in told()


def test_every_goal_is_reached_in_the_worst_of_the_runs() -> None:
    digest = Digest.read(tables.REFERENCE)
    worst = {goal.what: goal.worst(digest) for goal in GOALS}
    assert [what for what, figure in worst.items() if figure is None or not figure.ok] == []


def told() -> str:
    return " ".join(tables.PAGE.read_text().split())


def test_a_page_without_a_marker_is_refused() -> None:
    with pytest.raises(tables.MarkerMissing):
        tables.filled("<!-- chaos runs -->", Digest(()))
