"""The page, with its generated parts between markers."""

import re
from pathlib import Path

from bench.places import PAGE, PLOTS
from bench.report.markdown import number
from bench.report.sections import SECTIONS, VERDICTS
from bench.report.summary import middle
from bench.report.svg import Line, lines
from bench.report.targets import targets
from bench.results import Results
from bench.scenarios.fan_out import SATURATED, SIZES


class MarkerMissing(Exception):
    """The page has lost a marker."""


def write(results: Results) -> Path:
    """Write the plots, and every generated part into the page. Raises `MarkerMissing`."""
    text = PAGE.read_text()
    for name, section in SECTIONS.items():
        text = put(text, name, section(results))
    PAGE.write_text(text)
    PLOTS.mkdir(exist_ok=True)
    (PLOTS / f"{SATURATED}.svg").write_text(plot(results))
    return PAGE


def put(text: str, name: str, part: str) -> str:
    """The page with this part between its markers. Raises `MarkerMissing`."""
    pattern = re.compile(rf"(<!-- bench {name} -->\n).*?(<!-- /bench {name} -->)", re.DOTALL)
    text, found = pattern.subn(lambda match: f"{match[1]}\n{part}\n\n{match[2]}", text)
    if found != 1:
        raise MarkerMissing(name)
    return text


def plot(results: Results) -> str:
    """CPU a delivery by size of the room."""
    series = []
    for name in results.contestants(SATURATED):
        costs = [
            (size, middle(results.of(SATURATED, name, sockets=size), lambda each: each.us_per_delivery))
            for size in SIZES
        ]
        points = [(float(size), cost) for size, cost in costs if cost]
        if points:
            series.append(Line(name, points))
    return lines("CPU a delivery, saturated", x="members of the room", y="µs", series=series)


def targets_as_text(results: Results) -> str:
    """The targets that were measured, a line each."""
    return "\n".join(
        f"{VERDICTS[target.met].strip('*'):>8}  {target.what}: {number(target.measured, target.unit)}"
        for target in targets(results)
        if target.measured is not None
    )
