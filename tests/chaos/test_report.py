"""What a person is told of the runs."""

import json
import xml.etree.ElementTree as tree
from pathlib import Path

from chaos.figure import Figure
from chaos.oracle.verdict import Fault, Report, Verdict
from chaos.report import page, summary
from chaos.report.book import Book
from chaos.report.plot import plot
from chaos.result import Curves, Result, Spell, totals


def result(**changes: object) -> Result:
    made = Result(6, "Redis <gone>", "sqlite", seed=1, sent=10, acked=10, displays=200, seconds=12.0)
    made.figures = [Figure(name="recovery p95", value=0.5, unit="s", at_most=3.0)]
    made.spells = [Spell("down & out", 2.0, 5.0)]
    made.curves = Curves(sends=[1] * 40, acks=[1] * 40, deliveries=[20] * 40, slowest=[0.1] * 40)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def test_the_closing_line_adds_up_all_runs() -> None:
    assert totals([]) == "lost 0  duplicated 0  reordered 0  leaked 0"
    assert totals([result(lost=1), result(leaked=2, lost=3)]) == "lost 4  duplicated 0  reordered 0  leaked 2"


def test_every_verdict_of_the_oracle_spoils_a_result() -> None:
    for fault in Fault:
        spoiled = result()
        verdicts = [Verdict(fault, 1, "ana", "evidence")]
        spoiled.judged(
            Report(verdicts=verdicts, sent=1, acked=1, changed=0, displays=0, views=1, left=0, slowest=0.0),
        )
        assert not spoiled.ok, fault
        assert any("evidence" in problem for problem in spoiled.problems)


def test_a_missed_bound_spoils_a_result_and_is_named() -> None:
    missed = result(figures=[Figure(name="recovery p95", value=4.0, unit="s", at_most=3.0)])
    assert not missed.ok
    assert "FAIL" in summary.text(missed)
    assert "MISSED: at most 3" in summary.text(missed)


def test_a_fault_that_was_left_out_says_why() -> None:
    left_out = Result(15, "disk full", "sqlite", seed=0, notes=["it takes root"])
    assert "left out: it takes root" in summary.text(left_out)
    assert left_out.ok
    assert "left out: it takes root" in page.render([page.Part.of(left_out)], total="")


def test_a_run_that_failed_before_anything_was_sent_was_not_left_out() -> None:
    failed = Result(15, "disk full", "postgres", seed=1, notes=["started again"], problems=["TimeoutError: no answer"])
    assert "FAIL" in summary.text(failed)
    assert "TimeoutError: no answer" in summary.text(failed)
    text = page.render([page.Part.of(failed)], total="")
    assert "TimeoutError: no answer" in text
    assert "left out" not in text


def written(directory: Path, *results: Result) -> None:
    book = Book(directory)
    for each in results:
        book.add(each)


def test_the_json_has_everything_and_the_page_fetches_nothing(tmp_path: Path) -> None:
    written(tmp_path, result(), result(seed=2, lost=1, problems=["<b>lost</b>"]))
    data = json.loads((tmp_path / "report.json").read_text())
    assert [each["ok"] for each in data] == [True, False]
    assert data[0]["figures"][0]["value"] == 0.5
    text = (tmp_path / "report.html").read_text()
    assert "lost 1  duplicated 0" in text
    assert "<b>lost" not in text
    assert "prefers-color-scheme: dark" in text
    assert not any(word in text for word in ("http://", "https://", "src=", "<script", "@import", "url("))


def test_the_drawing_is_well_formed_and_shows_the_fault() -> None:
    drawing = tree.fromstring(plot(result()))
    assert len(drawing.findall("rect")) == 1
    assert len(drawing.findall("polyline")) == 3
    assert "down & out" in [text.text for text in drawing.findall("text")]
    numbers = [
        float(n) for line in drawing.findall("polyline") for n in line.get("points", "").replace(",", " ").split()
    ]
    assert all(0 <= number <= 1000 for number in numbers)


def test_a_run_without_messages_has_no_drawing() -> None:
    assert plot(Result(1, "x", "sqlite", seed=1)) == ""


def test_reports_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = [result(), result(seed=2, lost=1, problems=["lost"], figures=[])]
    written(tmp_path, *results)
    assert summary.read(tmp_path / "report.json") == results
    assert sorted(file.name for file in tmp_path.iterdir()) == ["report.html", "report.json"]
