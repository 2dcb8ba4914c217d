"""The figures of the report about capacity: hours by day of the week, load by skill and day, load in time."""

from typing import Any

from servicelost.analytics.charts.figure import (
    HOURS,
    Figure,
    Row,
    amounts,
    axis,
    bar,
    extremes,
    hover,
    largest,
    layout,
    line,
    links,
    points,
    words,
)
from servicelost.analytics.charts.palette import Theme
from servicelost.analytics.spec import Kind
from servicelost.analytics.specs.capacity import GUIDE


def weekdays_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Hours lost on each day of the week, and over them how full it was beside the guide."""
    rows = section["rows"]
    labels, behind = words(rows, "weekday"), links(rows)
    lost = bar(
        "Hours lost", labels, amounts(rows, "capacity_lost_hours"), theme.lost, customdata=behind,
        hovertemplate=f"%{{x}}: %{{y:,.1f}}{HOURS}<extra>%{{fullData.name}}</extra>",
    )  # fmt: skip
    load = line(
        "Load", labels, [_load(row) for row in rows], theme.potential, customdata=behind, yaxis="y2",
        hovertemplate=hover(Kind.PERCENT, ""),
    )  # fmt: skip
    axes = {
        "xaxis": axis(theme),
        "yaxis": axis(theme) | {"rangemode": "tozero", "ticksuffix": HOURS},
        "yaxis2": axis(theme) | {"overlaying": "y", "side": "right", "tickformat": ".0%",
                                 "tickmode": "linear", "dtick": 0.2, "rangemode": "tozero",
                                 "showgrid": False},
    }  # fmt: skip
    told = points(rows, ("weekday",), "capacity_lost_hours", Kind.HOURS)
    return Figure(
        id="weekdays", title="Hours lost and load", points=told, data=[lost, load],
        layout=layout(theme, shapes=[_guide(theme, "y2")], **axes),
    )  # fmt: skip


def load_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Skills down, days of the week across, the load as depth of colour; what nobody told of is empty."""
    rows = section["rows"]
    skills = list(dict.fromkeys(words(rows, "skill")))
    days = list(dict.fromkeys(words(sorted(rows, key=lambda row: int(row["weekday"])), "weekday")))
    cells = {(row["labels"]["skill"], row["labels"]["weekday"]): _load(row) for row in rows}
    told = [skill for skill in skills if any(cells.get((skill, day)) is not None for day in days)]
    trace = {
        "type": "heatmap",
        "x": days,
        "y": told,
        "z": [[cells.get((skill, day)) for day in days] for skill in told],
        "colorscale": [[0, theme.surface], [1, theme.potential]],
        "zmin": 0.5,
        "zmax": 1.1,
        "texttemplate": "%{z:.0%}",
        "hoverongaps": False,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{y}, %{x}: %{z:.1%}<extra></extra>",
    }
    axes = {
        "xaxis": axis(theme) | {"side": "top"},
        "yaxis": axis(theme) | {"autorange": "reversed", "type": "category"},
    }
    first = largest(points(rows, ("skill", "weekday"), "load", Kind.PERCENT))
    return Figure(
        id="skills-by-weekday", title="Load", points=first, data=[trace], layout=layout(theme, **axes)
    )


def load_periods_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """The load of each period beside the guide; a period of which nothing is told is a gap."""
    rows = section["rows"]
    rates = [_load(row) for row in rows]
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.PERCENT, "")}
    axes = {
        "xaxis": axis(theme) | {"type": "category"},
        "yaxis": axis(theme) | {"tickformat": ".0%", "rangemode": "tozero"},
    }
    ends = extremes(points(rows, ("period",), "load", Kind.PERCENT))
    return Figure(
        id="periods", title="Load", points=ends,
        data=[line("Load", words(rows, "period"), rates, theme.potential, **shared)],
        layout=layout(theme, shapes=[_guide(theme, "y")], **axes),
    )  # fmt: skip


def _guide(theme: Theme, on: str) -> dict[str, Any]:
    low, high = GUIDE
    return {
        "type": "rect", "xref": "paper", "x0": 0, "x1": 1, "yref": on, "y0": low, "y1": high,
        "layer": "below", "line": {"width": 0}, "fillcolor": theme.won, "opacity": 0.15,
    }  # fmt: skip


def _load(row: Row) -> float | None:
    load: float | None = None if "load" in row["few"] else row["load"]
    return load
