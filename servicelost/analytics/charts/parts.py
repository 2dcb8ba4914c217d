"""The figures of the report about parts: what was lost for want of which part, and the fill rate in time."""

from typing import Any

from servicelost.analytics.charts.figure import (
    Figure,
    amounts,
    axis,
    bar,
    extremes,
    hover,
    layout,
    line,
    links,
    lying,
    money_axis,
    points,
    words,
)
from servicelost.analytics.charts.palette import Theme
from servicelost.analytics.spec import Kind

_MOST_PARTS = 15
_LEAST_HEIGHT = 350
_GUIDE = (0.85, 0.95)


def parts_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """The parts with the largest loss, told apart into the part itself and the work that went with it."""
    rows = [row for row in section["rows"] if row["parts_lost"]][:_MOST_PARTS]
    labels, parts, whole = words(rows, "part"), amounts(rows, "parts_value"), amounts(rows, "parts_gross")
    work = [(all_ or 0.0) - (part or 0.0) for all_, part in zip(whole, parts, strict=True)]
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.MONEY, section["currency"])}
    traces = [
        lying(bar("Parts", labels, parts, theme.lost, width=0.6, **shared)),
        lying(bar("Work with them", labels, work, theme.deferred, width=0.6, **shared)),
    ]
    axes = {
        "xaxis": money_axis(section["currency"], theme),
        "yaxis": axis(theme) | {"autorange": "reversed", "type": "category"},
    }
    first = points(rows[:3], ("part",), "parts_gross", Kind.MONEY)
    return Figure(
        id="parts", title="Lost for want of a part", points=first, data=traces,
        layout=layout(theme, barmode="stack", height=max(_LEAST_HEIGHT, 120 + 32 * len(rows)), **axes),
    )  # fmt: skip


def fill_rate_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """The fill rate of each period beside the guide; a period of which nothing is told is a gap."""
    rows = section["rows"]
    labels = words(rows, "period")
    rates = [None if "fill_rate" in row["few"] else row["fill_rate"] for row in rows]
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.PERCENT, "")}
    low, high = _GUIDE
    guide = {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high, "layer": "below",
        "line": {"width": 0}, "fillcolor": theme.won, "opacity": 0.15,
    }  # fmt: skip
    axes = {
        "xaxis": axis(theme) | {"type": "category"},
        "yaxis": axis(theme) | {"tickformat": ".0%", "range": [0, 1.05]},
    }
    ends = extremes(points(rows, ("period",), "fill_rate", Kind.PERCENT))
    return Figure(
        id="periods", title="Fill rate", points=ends,
        data=[line("Fill rate", labels, rates, theme.potential, **shared)],
        layout=layout(theme, shapes=[guide], **axes),
    )  # fmt: skip
