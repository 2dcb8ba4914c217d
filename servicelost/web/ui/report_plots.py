"""The figures of a report for its page: drawn in each theme, with their words in the language of the page.

What a figure shows is decided in `analytics.charts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from servicelost.analytics.charts import figures_of
from servicelost.analytics.charts.palette import THEMES
from servicelost.web.languages import gettext as _

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
        Plot(name, figure["alt"], {theme: _drawn(found[name]) for theme, found in drawn.items()})
        for name, figure in drawn["light"].items()
    ]


def _drawn(figure: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": [_in_words(trace) for trace in figure["data"]], "layout": figure["layout"]}


def _in_words(trace: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(trace)
    if "name" in found:
        found["name"] = _(found["name"])
    if "node" in found:
        found["node"] = {**found["node"], "label": [_(label) for label in found["node"]["label"]]}
    for axis in ("x", "y"):
        if axis in found and all(isinstance(value, str) for value in found[axis]):
            found[axis] = [_(value) for value in found[axis]]
    return found
