"""A run as a drawing: what was sent, what reached screens, how late, and when something was broken."""

from collections.abc import Iterator, Sequence
from html import escape

from chaos.result import Result

WIDTH, LEFT, RIGHT = 1000, 46, 46
TOP, HEIGHT = 18, 150
BOTTOM = 34


def plot(result: Result) -> str:
    """An SVG element. Left: messages a second, of which deliveries per client; right: the longest way in seconds."""
    curves = result.curves
    if not curves.sends:
        return ""
    span = max(len(curves.sends) * curves.step, max((spell.end for spell in result.spells), default=0.0))
    clients = max(1.0, sum(curves.deliveries) / max(1, sum(curves.sends)))
    sends = [count / curves.step for count in curves.sends]
    shown = [count / curves.step / clients for count in curves.deliveries]
    most, longest = max([*sends, *shown, 1.0]), max([*curves.slowest, 1.0])
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {TOP + HEIGHT + BOTTOM}" role="img" aria-label="{escape(result.title)}">',
        *_bands(result, span),
        f'<path class="axis" d="M{LEFT} {TOP}V{TOP + HEIGHT}H{WIDTH - RIGHT}V{TOP}" fill="none"/>',
        _line("sends", sends, most, span, curves.step),
        _line("shown", shown, most, span, curves.step),
        _line("slow", curves.slowest, longest, span, curves.step),
        *_labels(most, longest, span),
        "</svg>",
    ]
    return "".join(parts)


def _bands(result: Result, span: float) -> Iterator[str]:
    for number, spell in enumerate(result.spells):
        begin, end = _x(spell.begin, span), _x(spell.end, span)
        yield f'<rect class="band" x="{begin:.1f}" y="{TOP}" width="{end - begin:.1f}" height="{HEIGHT}"/>'
        yield f'<path class="edge" d="M{begin:.1f} {TOP}v{HEIGHT}"/>'
        if number < 6:
            yield f'<text x="{begin + 3:.1f}" y="{TOP + 11 + 12 * (number % 3)}">{escape(spell.label)}</text>'


def _line(kind: str, values: Sequence[float], most: float, span: float, step: float) -> str:
    points = " ".join(
        f"{_x((place + 0.5) * step, span):.1f},{TOP + HEIGHT * (1 - value / most):.1f}"
        for place, value in enumerate(values)
    )
    return f'<polyline class="{kind}" points="{points}"/>'


def _labels(most: float, longest: float, span: float) -> Iterator[str]:
    yield f'<text x="{LEFT - 4}" y="{TOP + 8}" text-anchor="end">{most:.0f}/s</text>'
    yield f'<text x="{WIDTH - RIGHT + 4}" y="{TOP + 8}">{longest:.1f} s</text>'
    for second in range(0, int(span) + 1, 5 if span < 60 else 15):
        yield f'<text x="{_x(second, span):.1f}" y="{TOP + HEIGHT + 13}" text-anchor="middle">{second}</text>'
    keys = [("sends", "sent"), ("shown", "shown, per client"), ("slow", "slowest delivery, right axis")]
    for place, (kind, words) in enumerate(keys):
        x, y = LEFT + place * 170, TOP + HEIGHT + 27
        yield f'<path class="{kind}" d="M{x} {y - 4}h18"/><text x="{x + 23}" y="{y}">{words}</text>'


def _x(second: float, span: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, second / span)
