"""The figures of the report about recommended work: what became of it, by service, by period."""

from typing import Any

from servicelost.analytics.charts.figure import (
    Figure,
    Row,
    amounts,
    axis,
    bar,
    extremes,
    hover,
    largest,
    layout,
    links,
    lying,
    money_axis,
    points,
    words,
)
from servicelost.analytics.charts.palette import Theme
from servicelost.analytics.formatting import NOTHING
from servicelost.analytics.line_status import LineStatus
from servicelost.analytics.spec import Kind

_MOST_SERVICES = 15


def statuses_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """What became of the recommended value, in money."""
    rows = [row for row in section["rows"] if row["lines"]]
    trace = bar("Value", words(rows, "status"), amounts(rows, "value"), theme.other, customdata=links(rows))
    trace["marker"] = {"color": [_colour(row["status"], theme) for row in rows]}
    shares = [row["value_share"] for row in rows]
    trace["text"] = [None if share is None else 100 * share for share in shares]
    trace["texttemplate"] = [NOTHING if share is None else "%{text:.1f} %" for share in shares]
    trace["textposition"] = "outside"
    trace["hovertemplate"] = hover(Kind.MONEY, section["currency"])
    axes = {"xaxis": axis(theme), "yaxis": money_axis(section["currency"], theme)}
    told = points(rows, ("status",), "value_share", Kind.PERCENT)
    return Figure(
        id="statuses", title=section["title"], points=told, data=[trace],
        layout=layout(theme, showlegend=False, **axes),
    )  # fmt: skip


def services_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Sold and unsold value of the services with most of it."""
    rows = section["rows"][:_MOST_SERVICES]
    labels = words(rows, "category")
    traces = [lying(trace) for trace in _sold_and_unsold(rows, labels, section["currency"], theme)]
    money = money_axis(section["currency"], theme)
    axes = {"xaxis": money, "yaxis": axis(theme) | {"autorange": "reversed"}}
    first = largest(points(rows, ("category",), "unsold_value", Kind.MONEY))
    return Figure(
        id="services", title=section["title"], points=first, data=traces,
        layout=layout(theme, barmode="stack", height=120 + 32 * len(rows), **axes),
    )  # fmt: skip


def recommended_periods_figure(section: dict[str, Any], theme: Theme) -> Figure:
    """Sold and unsold value of each period."""
    rows = section["rows"]
    traces = _sold_and_unsold(rows, words(rows, "period"), section["currency"], theme)
    axes = {"xaxis": axis(theme) | {"type": "category"}, "yaxis": money_axis(section["currency"], theme)}
    ends = extremes(points(rows, ("period",), "unsold_value", Kind.MONEY))
    return Figure(
        id="periods", title=section["title"], points=ends, data=traces,
        layout=layout(theme, barmode="stack", **axes),
    )  # fmt: skip


def _sold_and_unsold(rows: list[Row], labels: list[str], currency: str, theme: Theme) -> list[dict[str, Any]]:
    shared = {"customdata": links(rows), "hovertemplate": hover(Kind.MONEY, currency)}
    return [
        bar("Sold", labels, amounts(rows, "sold_value"), theme.won, **shared),
        bar("Unsold", labels, amounts(rows, "unsold_value"), theme.lost, **shared),
    ]


def _colour(status: str, theme: Theme) -> str:
    return {
        LineStatus.AUTHORISED: theme.won,
        LineStatus.DECLINED: theme.lost,
        LineStatus.DEFERRED: theme.deferred,
        LineStatus.PENDING: theme.potential,
    }.get(LineStatus(status), theme.other)
