"""What a figure is made of: traces and a layout as plain Plotly JSON, in the colours of a theme.

Nothing here knows a report, and nothing imports plotly: the page's own plotly.js draws it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NotRequired, TypedDict
from urllib.parse import urlencode

from servicelost.analytics.charts.palette import Theme
from servicelost.analytics.spec import Kind

Row = Mapping[str, Any]
# What stands behind a number of hours; pages put it into their own language.
HOURS = " h"


class Point(NamedTuple):
    """A number of a figure, named by one label or several."""

    labels: tuple[str, ...]
    kind: Kind
    value: Any


class Figure(TypedDict):
    """A figure with a title for the heading above it and its main points for those who do not see it."""

    id: str
    title: str
    points: list[Point]
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    currency: NotRequired[str]


def points(rows: Sequence[Row], names: Sequence[str], key: str, kind: Kind) -> list[Point]:
    """The number of each row that has one, named by these of its labels."""
    return [
        Point(tuple(row["labels"][name] for name in names), kind, row[key])
        for row in rows
        if row[key] is not None and key not in row["few"]
    ]


def largest(found: Sequence[Point], most: int = 3) -> list[Point]:
    """The points that count most."""
    return sorted(found, key=lambda point: -float(point.value))[:most]


def extremes(found: Sequence[Point]) -> list[Point]:
    """The lowest and the highest point, in their order."""
    if not found:
        return []
    ends = [choose(found, key=lambda point: float(point.value)) for choose in (min, max)]
    return [point for point in found if point in ends]


def amount(value: Any) -> float | None:
    """A money text as a number to draw with; None stays a gap."""
    return None if value is None else float(value)


def amounts(rows: Sequence[Row], key: str) -> list[float | None]:
    """A column of money or counts to draw with."""
    return [amount(row[key]) for row in rows]


def words(rows: Sequence[Row], key: str) -> list[str]:
    """The labels of a dimension."""
    return [row["labels"][key] for row in rows]


def links(rows: Sequence[Row]) -> list[str]:
    """For each row the query string of the rows behind it, as a figure's custom data."""
    return [urlencode(row["drill"], doseq=True) if row.get("drill") else "" for row in rows]


def money_axis(title: str, theme: Theme) -> dict[str, Any]:
    """A vertical axis in money."""
    return axis(theme) | {"title": {"text": title}, "tickformat": ",.0f", "rangemode": "tozero"}


def axis(theme: Theme) -> dict[str, Any]:
    """An axis whose labels always fit."""
    return {
        "automargin": True,
        "gridcolor": theme.lines,
        "zerolinecolor": theme.lines,
        "linecolor": theme.lines,
    }


def layout(theme: Theme, **more: Any) -> dict[str, Any]:
    """What all figures share: no background of their own, room for labels, a legend above."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": theme.text, "size": 14, "family": "system-ui, sans-serif"},
        "margin": {"l": 16, "r": 16, "t": 24, "b": 16},
        "hoverlabel": {"bgcolor": theme.surface, "font": {"color": theme.text}},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        "separators": ".,",
        **more,
    }


def bar(
    name: str, labels: Sequence[str], values: Sequence[float | None], colour: str, **more: Any
) -> dict[str, Any]:
    """Bars of one colour."""
    return {
        "type": "bar",
        "name": name,
        "x": list(labels),
        "y": list(values),
        "marker": {"color": colour},
        **more,
    }


def lying(trace: dict[str, Any]) -> dict[str, Any]:
    """The same bars from left to right, for labels that are long or many."""
    template = trace["hovertemplate"].replace("%{x}", "%{label}").replace("%{y:", "%{x:")
    swapped = {"x": trace["y"], "y": trace["x"], "orientation": "h"}
    return {**trace, **swapped, "hovertemplate": template.replace("%{label}", "%{y}")}


def hatched(colour: str, theme: Theme) -> dict[str, Any]:
    """The fill of what came back: a pattern, so that it is told apart without colour."""
    return {"color": colour, "pattern": {"shape": "/", "fgcolor": theme.surface, "size": 6}}


def line(
    name: str, labels: Sequence[str], values: Sequence[float | None], colour: str, **more: Any
) -> dict[str, Any]:
    """A line that breaks where there is no value."""
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": list(labels), "y": list(values),
        "line": {"color": colour}, "connectgaps": False, **more,
    }  # fmt: skip


def hover(kind: Kind, currency: str) -> str:
    """What is shown on a point."""
    if kind is Kind.PERCENT:
        return "%{x}: %{y:.1%}<extra>%{fullData.name}</extra>"
    return f"%{{x}}: %{{y:,.2f}} {currency}<extra>%{{fullData.name}}</extra>"
