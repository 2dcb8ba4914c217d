"""Which figures a report has: for each table that has one, the function that draws it.

One figure a table and currency. How each is drawn stands beside its kind.
"""

from collections.abc import Callable, Mapping
from typing import Any

from servicelost.analytics.charts.figure import Figure
from servicelost.analytics.charts.flow import flow_figure
from servicelost.analytics.charts.losses import (
    bridge_figure,
    matrix_figure,
    pareto_figure,
    periods_figure,
    trend_figure,
)
from servicelost.analytics.charts.palette import THEMES, Theme
from servicelost.analytics.charts.parts import fill_rate_figure, parts_figure
from servicelost.analytics.charts.recommended import (
    recommended_periods_figure,
    services_figure,
    statuses_figure,
)
from servicelost.analytics.charts.workshop import load_figure, load_periods_figure, weekdays_figure

_DRAWN: Mapping[tuple[str, str], Callable[[dict[str, Any], Theme], Figure]] = {
    ("overview", "pareto"): pareto_figure,
    ("overview", "series"): trend_figure,
    ("overview", "flow"): flow_figure,
    ("lost-revenue", "periods"): periods_figure,
    ("where-why", "matrix"): matrix_figure,
    ("causes", "pareto"): pareto_figure,
    ("trend", "series"): trend_figure,
    ("recommendations", "statuses"): statuses_figure,
    ("recommendations", "services"): services_figure,
    ("recommendations", "periods"): recommended_periods_figure,
    ("parts-demand", "parts"): parts_figure,
    ("parts-demand", "periods"): fill_rate_figure,
    ("capacity", "weekdays"): weekdays_figure,
    ("capacity", "skills-by-weekday"): load_figure,
    ("capacity", "periods"): load_periods_figure,
}


def figures_of(result: Mapping[str, Any], theme: str = "light") -> list[Figure]:
    """The figures of a presented result in the theme ``light`` or ``dark``; empty tables have none."""
    colours = THEMES[theme]
    several = len(result["currencies"]) > 1
    figures = []
    for currency in result["currencies"]:
        steps = [step for step in result["bridge"] if step["currency"] == currency]
        if steps:
            figures.append(_named(bridge_figure(steps, currency, colours), currency, several))
    for section in result["sections"]:
        draw = _DRAWN.get((result["report"], section["id"]))
        if draw is not None and section["rows"]:
            figures.append(_named(draw(section, colours), section["currency"], several))
    return figures


def _named(figure: Figure, currency: str, several: bool) -> Figure:
    name = f"{figure['id']}-{currency.lower()}" if several else figure["id"]
    return {**figure, "id": name, "currency": currency}
