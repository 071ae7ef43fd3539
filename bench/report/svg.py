"""A line plot on logarithmic axes as SVG that is readable on light and dark pages."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 190, 40, 48
COLORS = ("#2f7de1", "#e0632c", "#2a9d62", "#a05bd6", "#c2902b", "#d6456b", "#5b8a99")
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #333 } .title { font-weight: 600; font-size: 15px }
.grid { stroke: #8884; stroke-width: 1 } .line { fill: none; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) { text { fill: #ccc } }
"""


@dataclass(frozen=True)
class Line:
    """A named series of (x, y), both greater than 0."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """A logarithmic scale onto pixels."""

    low: float
    high: float
    begins: float
    ends: float

    def at(self, value: float) -> float:
        share = (math.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return round(self.begins + share * (self.ends - self.begins), 1)


def lines(title: str, *, x: str, y: str, series: Sequence[Line]) -> str:
    """An SVG document. `series` must have a point."""
    points = [point for line in series for point in line.points]
    across = _axis([each for each, _ in points], LEFT, WIDTH - RIGHT)
    up = _axis([each for _, each in points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="{LEFT}" y="22">{escape(title)}</text>',
        *_grid(across, up),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>',
        f'<text x="{LEFT}" y="{TOP - 4}">{escape(y)}</text>',
    ]
    for index, line in enumerate(series):
        parts += _line(line, across, up, COLORS[index % len(COLORS)], TOP + 14 + 20 * index)
    return "\n".join([*parts, "</svg>\n"])


def _axis(values: Sequence[float], begins: float, ends: float) -> Axis:
    low, high = 10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values)))
    return Axis(low, high if high > low else low * 10, begins, ends)


def _grid(across: Axis, up: Axis) -> list[str]:
    parts = []
    for value in _powers(across):
        at = across.at(value)
        parts.append(f'<line class="grid" x1="{at}" y1="{TOP}" x2="{at}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{at}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{value:,g}</text>')
    for value in _powers(up):
        at = up.at(value)
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{at}" x2="{WIDTH - RIGHT}" y2="{at}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4}" text-anchor="end">{value:,g}</text>')
    return parts


def _powers(axis: Axis) -> list[float]:
    first, last = round(math.log10(axis.low)), round(math.log10(axis.high))
    return [float(10**power) if power >= 0 else 10.0**power for power in range(first, last + 1)]


def _line(line: Line, across: Axis, up: Axis, color: str, legend: float) -> list[str]:
    places = [(across.at(x), up.at(y)) for x, y in line.points]
    path = " ".join(f"{x},{y}" for x, y in places)
    return [
        f'<polyline class="line" stroke="{color}" points="{path}"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>' for x, y in places),
        f'<rect x="{WIDTH - RIGHT + 16}" y="{legend - 9}" width="10" height="10" fill="{color}"/>',
        f'<text x="{WIDTH - RIGHT + 32}" y="{legend}">{escape(line.name)}</text>',
    ]
