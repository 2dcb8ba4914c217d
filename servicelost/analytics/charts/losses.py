"""The figures of the reports about losses: bridge, periods, matrix, Pareto, trend."""

from collections import defaultdict
from typing import Any

from servicelost.analytics.charts.figure import (
    Figure,
    Point,
    amount,
    amounts,
    axis,
    bar,
    extremes,
    hatched,
    hover,
    largest,
    layout,
    line,
    links,
    money_axis,
    points,
    words,
)
from servicelost.analytics.charts.palette import MOST_HUES, Theme, cause_colour
from servicelost.analytics.formatting import shown
from servicelost.analytics.spec import Kind
from servicelost.taxonomy.stages import STAGES

_OTHERS = "Other causes"


def bridge_figure(steps: list[dict[str, Any]], currency: str, theme: Theme) -> Figure:
    """From unsold lines to lost net as a waterfall."""
    values = [amount(step["value"]) for step in steps]
    trace = {
        "type": "waterfall",
        "x": [step["label"] for step in steps],
        "y": values,
        "measure": ["absolute" if step["total"] else "relative" for step in steps],
        "text": [shown(Kind.MONEY, step["value"], cents=False) for step in steps],
        "textposition": "outside",
        "customdata": links(steps),
        "increasing": {"marker": {"color": theme.lost}},
        "decreasing": {"marker": {"color": theme.potential}},
        "totals": {"marker": {"color": theme.lost}},
        "connector": {"line": {"color": theme.lines}},
        "hovertemplate": f"%{{x}}: %{{y:,.2f}} {currency}<extra></extra>",
    }
    title = "From unsold recommendations to lost revenue"
    ends = [Point((step["label"],), Kind.MONEY, step["value"]) for step in (steps[0], steps[-1])]
    axes = {"xaxis": axis(theme), "yaxis": money_axis(currency, theme)}
    return Figure(
        id="bridge", title=title, points=ends, data=[trace], layout=layout(theme, showlegend=False, **axes)
    )


def periods_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Net loss and what came back, stacked to the gross loss of each period."""
    rows, currency = section["rows"], section["currency"]
    labels = words(rows, "period")
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.MONEY, currency)}
    net = bar("Lost, net", labels, amounts(rows, "lost_net"), theme.lost, **shared)
    back = bar("Recovered", labels, amounts(rows, "recovered"), theme.recovered, **shared)
    back["marker"] = hatched(theme.recovered, theme)
    axes = {"xaxis": axis(theme) | {"type": "category"}, "yaxis": money_axis(currency, theme)}
    ends = extremes(points(rows, ("period",), "lost_net", Kind.MONEY))
    return Figure(
        id="periods", title="Lost by period", points=ends, data=[net, back],
        layout=layout(theme, barmode="stack", **axes),
    )  # fmt: skip


def matrix_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Stages down, causes across, the money lost as depth of colour; beyond eight causes they are joined."""
    cells: dict[tuple[str, str], float] = defaultdict(float)
    by_cause: dict[str, float] = defaultdict(float)
    for row in section["rows"]:
        by_cause[row["labels"]["cause"]] += amount(row["lost_gross"]) or 0.0
    kept = sorted(by_cause, key=lambda cause: -by_cause[cause])[:MOST_HUES]
    columns = [*kept, _OTHERS] if len(by_cause) > len(kept) else kept
    for row in section["rows"]:
        cause = row["labels"]["cause"]
        cells[row["labels"]["stage"], cause if cause in kept else _OTHERS] += amount(row["lost_gross"]) or 0.0
    met = {row["stage"]: row["labels"]["stage"] for row in section["rows"]}
    stages = [met[stage] for stage in STAGES if stage in met]
    trace = {
        "type": "heatmap",
        "x": columns,
        "y": stages,
        "z": [[cells.get((stage, cause)) for cause in columns] for stage in stages],
        "colorscale": [[0, theme.surface], [1, theme.lost]],
        "texttemplate": "%{z:,.0f}",
        "hoverongaps": False,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": f"%{{y}}, %{{x}}: %{{z:,.2f}} {section['currency']}<extra></extra>",
    }
    axes = {"xaxis": axis(theme) | {"side": "top"}, "yaxis": axis(theme) | {"autorange": "reversed"}}
    first = largest(points(section["rows"], ("stage", "cause"), "lost_gross", Kind.MONEY))
    return Figure(
        id="matrix", title="Where and why", points=first, data=[trace], layout=layout(theme, **axes)
    )


def pareto_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Causes by money with the cumulative share; beyond eight they are joined in grey."""
    rows, rest = section["rows"][:MOST_HUES], section["rows"][MOST_HUES:]
    labels, values = words(rows, "cause"), amounts(rows, "lost_gross")
    colours, behind = [cause_colour(row["cause"], theme) for row in rows], links(rows)
    shares = [row["cumulative"] for row in rows]
    if rest:
        labels, colours, behind = [*labels, _OTHERS], [*colours, theme.other], [*behind, ""]
        values = [*values, sum(amount(row["lost_gross"]) or 0.0 for row in rest)]
        shares = [*shares, rest[-1]["cumulative"]]
    bars = bar(
        "Lost, gross", labels, values, theme.lost, customdata=behind,
        hovertemplate=hover(Kind.MONEY, section["currency"]),
    )  # fmt: skip
    bars["marker"] = {"color": colours}
    curve = line(
        "Cumulative", labels, shares, theme.potential, yaxis="y2", hovertemplate=hover(Kind.PERCENT, "")
    )
    axes = {
        "xaxis": axis(theme),
        "yaxis": money_axis(section["currency"], theme),
        "yaxis2": axis(theme) | {"overlaying": "y", "side": "right", "tickformat": ".0%", "range": [0, 1.05],
                                 "showgrid": False},
    }  # fmt: skip
    first = points(rows[:3], ("cause",), "share", Kind.PERCENT)
    return Figure(
        id="pareto", title="Causes by money", points=first, data=[bars, curve], layout=layout(theme, **axes)
    )


def trend_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """The series; a period without any record is a gap in the line."""
    rows, currency = section["rows"], section["currency"]
    labels = words(rows, "period")
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.MONEY, currency)}
    traces = [
        line("Lost, gross", labels, amounts(rows, "lost_gross"), theme.potential, **shared),
        line("Lost, net", labels, amounts(rows, "lost_net"), theme.lost, **shared),
        line("Recovered", labels, amounts(rows, "recovered"), theme.recovered, **shared),
    ]
    if any(row["realized"] is not None for row in rows):
        traces.append(line("Invoiced", labels, amounts(rows, "realized"), theme.won, **shared))
    axes = {"xaxis": axis(theme) | {"type": "category"}, "yaxis": money_axis(currency, theme)}
    ends = extremes(points(rows, ("period",), "lost_net", Kind.MONEY))
    return Figure(id="series", title="Trend", points=ends, data=traces, layout=layout(theme, **axes))
