"""Growth curves as one picture in SVG: seconds over rows, both in powers of ten, a panel for each curve.

The two lines of a panel differ by dashes and marks as well as by colour, and each is named at its end. Which
figures they are is not known here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

Point = tuple[int, float, float]

_WIDTH, _HEIGHT, _COLUMNS = 420, 300, 2
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 92, 40, 46
_INK, _FAINT, _OURS, _RAW = "#1f2328", "#d0d7de", "#0550ae", "#953800"


@dataclass(frozen=True, slots=True)
class Panel:
    """One curve: rows, our seconds, the raw engine's seconds, in order of rows."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Powers of ten from `low` to `high` laid out from one place to another."""

    low: int
    high: int
    start: float
    end: float

    def place(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self) -> range:
        return range(self.low, self.high + 1)


def draw(panels: Sequence[Panel]) -> str:
    """The picture of all panels."""
    rows = -(-len(panels) // _COLUMNS)
    width, height = _WIDTH * min(_COLUMNS, len(panels)), _HEIGHT * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" font-family="sans-serif" font-size="12" fill="{_INK}">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, panel in enumerate(panels):
        left, top = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT
        parts += [f'<g transform="translate({left} {top})">', *_panel(panel), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> Iterable[str]:
    across = _axis((point[0] for point in panel.points), _LEFT, _WIDTH - _RIGHT)
    up = _axis((second for point in panel.points for second in point[1:]), _HEIGHT - _BOTTOM, _TOP)
    yield f'<text x="{_LEFT}" y="22" font-size="14" font-weight="bold">{escape(panel.name)}</text>'
    for power in across.ticks():
        x = across.place(10**power)
        yield f'<path d="M{x} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="{_FAINT}"/>'
        yield f'<text x="{x}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>'
    for power in up.ticks():
        y = up.place(10**power)
        yield f'<path d="M{_LEFT} {y}H{_WIDTH - _RIGHT}" stroke="{_FAINT}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g} s</text>'
    yield f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 8}" text-anchor="middle">rows</text>'
    ours = [(across.place(rows), up.place(seconds)) for rows, seconds, _ in panel.points]
    raw = [(across.place(rows), up.place(seconds)) for rows, _, seconds in panel.points]
    apart = _apart(ours[-1][1], raw[-1][1])
    yield from _line(raw, _RAW, "raw engine", raw[-1][1] + apart[1], dashed=True)
    yield from _line(ours, _OURS, "servicelost", ours[-1][1] + apart[0], dashed=False)


def _axis(values: Iterable[float], start: float, end: float) -> _Axis:
    found = [log10(value) for value in values]
    low, high = floor(min(found)), ceil(max(found))
    return _Axis(low, max(high, low + 1), start, end)


def _apart(ours: float, raw: float) -> tuple[float, float]:
    """How far to move the names at the ends so that they do not lie on each other."""
    missing = max(0.0, 14 - abs(ours - raw)) / 2
    return (-missing, missing) if ours <= raw else (missing, -missing)


def _line(
    points: Sequence[tuple[float, float]], colour: str, name: str, name_y: float, *, dashed: bool
) -> Iterable[str]:
    path = "M" + "L".join(f"{x} {y}" for x, y in points)
    dashes = ' stroke-dasharray="6 4"' if dashed else ""
    yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    for x, y in points:
        if dashed:
            yield f'<rect x="{x - 3.5}" y="{y - 3.5}" width="7" height="7" fill="#ffffff" stroke="{colour}"/>'
        else:
            yield f'<circle cx="{x}" cy="{y}" r="4" fill="{colour}"/>'
    yield f'<text x="{points[-1][0] + 9}" y="{name_y + 4}" fill="{colour}">{name}</text>'
