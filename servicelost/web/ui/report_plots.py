"""The figures of a report for its page: drawn in each theme, with their words in the language of the page.

What a figure shows is decided in `analytics.charts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from servicelost.analytics.charts import Figure, figures_of
from servicelost.analytics.charts.figure import HOURS
from servicelost.analytics.charts.palette import THEMES
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.ui.report_tables import write
from servicelost.web.ui.wording import joined

# In one line of a label in the flow of money.
_MOST_LETTERS = 10
# What the figures say besides the labels of the report's own numbers.
TEXTS = (
    "Causes by money", "Fill rate", "From unsold recommendations to lost revenue", "Hours lost", "Invoiced",
    "Load", "Lost", "Lost by period", "Lost for want of a part", "Other causes", "Parts", "Sold", "Trend",
    "Unsold", "Value", "What became of it", "Work with them",
)  # fmt: skip


@dataclass(frozen=True)
class Plot:
    """A figure in each theme; `alt` says it in words."""

    id: str
    alt: str
    themes: Mapping[str, Mapping[str, Any]]

    def belongs_to(self, section_id: str) -> bool:
        """Whether it draws this section, in whatever currency."""
        return self.id == section_id or self.id.rpartition("-")[0] == section_id


def plots(document: Mapping[str, Any]) -> list[Plot]:
    """The figures of the report."""
    drawn = {theme: {figure["id"]: figure for figure in figures_of(document, theme)} for theme in THEMES}
    return [
        Plot(name, _alt(figure), {theme: _drawn(found[name]) for theme, found in drawn.items()})
        for name, figure in drawn["light"].items()
    ]


def _alt(figure: Figure) -> str:
    """The figure in words: what it is about, and its main points."""
    told = [
        f"{', '.join(map(_, labels))} {write(kind, value, figure['currency'])}"
        for labels, kind, value in figure["points"]
    ]
    title = figure["title"]
    return joined(_(title), "; ".join(told)) if told else _(title)


def _drawn(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": [_in_words(trace) for trace in figure["data"]], "layout": _as_written(figure["layout"])}


def _as_written(layout: Mapping[str, Any]) -> dict[str, Any]:
    """The layout with numbers and hours as the language writes them."""
    axis = layout.get("yaxis", {})
    hours = {"yaxis": {**axis, "ticksuffix": _hours()}} if axis.get("ticksuffix") == HOURS else {}
    return {**layout, **hours, "separators": formats.separators()}


def _hours() -> str:
    """What stands behind a number of hours."""
    return _("%(hours)s h", hours="")


def _narrow(label: str) -> str:
    """The label in short lines, so that those of neighbours do not run into each other."""
    return "<br>".join(wrap(label, _MOST_LETTERS, break_long_words=False))


def _in_words(trace: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(trace)
    if "name" in found:
        found["name"] = _(found["name"])
    if "hovertemplate" in found:
        found["hovertemplate"] = found["hovertemplate"].replace(f"{HOURS}<", f"{_hours()}<")
    if "node" in found:
        found["node"] = {**found["node"], "label": [_narrow(_(label)) for label in found["node"]["label"]]}
    for axis in ("x", "y"):
        if axis in found and all(isinstance(value, str) for value in found[axis]):
            found[axis] = [_(value) for value in found[axis]]
    return found
