"""The overview's result as its page shows it: headline numbers with their changes, then a part for each look.

Numbers come from the report `overview`; nothing is computed here but how far two of them are apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for

from servicelost.analytics.registry import REPORTS
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.ui import wording
from servicelost.web.ui.advice import ADVICE, REPORT_OF
from servicelost.web.ui.report_matrix import matrix
from servicelost.web.ui.report_plots import plots
from servicelost.web.ui.report_tables import (
    Cell,
    Figure,
    Footnotes,
    Heading,
    Table,
    figures,
    rows_url,
    table,
    write,
)

Section = Mapping[str, Any]

HEADLINES = ("lost_net", "lost_pct", "recovered", "controllable_share", "data_quality", "unknown_share")
WINDOWS = {"BEFORE": "on the period before: %(number)s", "YEAR_AGO": "on a year ago: %(number)s"}
_TABLES = ("compared", "pareto", "series", "flow", "services", "quality")
# Whether more of it is bad news (1) or good (-1).
_WORSE = {"lost_net": 1, "lost_pct": 1, "recovered": -1}
_KINDS = {"lost_net": "money", "lost_pct": "percent", "recovered": "money"}
_CAUSES_ACROSS = 4
_MOST_CAUSES = 8
# Columns that one look has no room for; the report behind the heading has them.
_LEFT_OUT = {
    "pareto": ("cumulative", "loss_count"), "services": ("loss_count",), "advisors": ("unsold_value",),
}  # fmt: skip
_JUDGED_FROM = 20


@dataclass(frozen=True)
class Change:
    """How a number stands beside another window of `days`: `tone` says whether that is good or bad news."""

    text: str
    tone: str
    about: str
    days: str


@dataclass(frozen=True)
class Headline:
    """A number of the period, with what has changed."""

    figure: Figure
    changes: Sequence[Change]


@dataclass(frozen=True)
class First:
    """Something to do: where and why money is lost, how much, what helps, and a report that looks closer."""

    title: str
    money: str
    url: str | None
    losses: int
    advice: str
    closer: tuple[str, str] | None


def overview_content(document: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the page shows of a result: a part for each currency, and the definitions of all numbers."""
    notes = Footnotes()
    parts = [_part(_of_currency(document, currency), notes) for currency in document["currencies"]]
    return {"parts": parts, "notes": notes, "plots": any(part["plots"] for part in parts)}


def _of_currency(document: Mapping[str, Any], currency: str) -> dict[str, Any]:
    kept = {
        name: [thing for thing in document[name] if thing["currency"] == currency]
        for name in ("measures", "sections", "bridge")
    }
    return {**document, **kept, "currency": currency, "currencies": [currency]}


def _part(document: Mapping[str, Any], notes: Footnotes) -> dict[str, Any]:
    sections = {section["id"]: section for section in document["sections"] if section["rows"]}
    measures = {number["key"]: number for number in document["measures"]}
    shown = figures({**document, "measures": [measures[key] for key in HEADLINES]}, notes)
    changed = _changes(sections.get("compared"))
    return {
        "currency": document["currency"],
        "headlines": [
            Headline(figure, changed.get(key, ())) for key, figure in zip(HEADLINES, shown, strict=True)
        ],
        "first": list(_first(sections.get("first"))),
        "matrix": matrix(sections["matrix"], _CAUSES_ACROSS) if "matrix" in sections else None,
        "advisors": _advisors(sections.get("advisors"), measures["closing_ratio_value"]["value"], notes),
        "tables": {name: table(_shown(sections[name]), notes) for name in _TABLES if name in sections},
        "plots": plots(document),
        "empty": not measures["loss_count"]["value"],
    }


def _shown(section: Section) -> Section:
    """The section with as many causes and columns as one look has room for."""
    left_out = _LEFT_OUT.get(section["id"], ())
    columns = [column for column in section["columns"] if column["key"] not in left_out]
    rows = section["rows"][:_MOST_CAUSES] if section["id"] == "pareto" else section["rows"]
    if section["id"] == "compared":
        rows = [{**row, "labels": {"window": _dated(row)}} for row in rows]
    return {**section, "columns": columns, "rows": rows, "row_count": len(rows)}


def _dated(row: Mapping[str, Any]) -> str:
    label: str = row["labels"]["window"]
    return f"{label}, {_days(row)}" if row["drill"] else label


def _changes(compared: Section | None) -> dict[str, list[Change]]:
    """For each number of the comparison how it differs from the other windows."""
    if compared is None:
        return {}
    rows = {row["window"]: row for row in compared["rows"]}
    here, found = rows["THIS"], dict[str, list[Change]]()
    for key, worse in _WORSE.items():
        for window, words in WINDOWS.items():
            other = rows.get(window)
            if other is None or here[key] is None or other[key] is None:
                continue
            number = write(_KINDS[key], other[key], compared["currency"])
            text, tone = _difference(key, here[key], other[key], worse)
            change = Change(text, tone, _(words, number=number), _days(other))
            found.setdefault(key, []).append(change)
    return found


def _difference(key: str, here: Any, there: Any, worse: int) -> tuple[str, str]:
    """How far apart they are in words, and whether more of it is bad news."""
    difference = Decimal(str(here)) - Decimal(str(there))
    arrow = "▴" if difference > 0 else "▾" if difference < 0 else "="
    tone = "muted" if not difference else "lost" if difference * worse > 0 else "recovered"
    if key == "lost_pct":
        return f"{arrow} " + _(
            "%(points)s points", points=formats.decimal(abs(difference) * 100, "#,##0.0")
        ), tone
    return (
        f"{arrow} {formats.percent(float(abs(difference / Decimal(there)))) if Decimal(there) else ''}",
        tone,
    )


def _days(row: Mapping[str, Any]) -> str:
    first, last = (date.fromisoformat(row["drill"][name]) for name in ("from", "to"))
    return f"{wording.short_day(first)} – {wording.short_day(last)}"


def _first(section: Section | None) -> Iterator[First]:
    for row in [] if section is None else section["rows"]:
        assert section is not None
        yield First(
            wording.joined(row["labels"]["stage"], row["labels"]["cause"]),
            wording.rounded(Decimal(row["lost_gross"]), section["currency"]),
            rows_url(row["drill"]),
            row["loss_count"],
            _(ADVICE[row["cause"]]) if row["cause"] in ADVICE else "",
            _closer(row),
        )


def _closer(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """Title and address of the report about the row's cause, for the same days and dealerships."""
    name = REPORT_OF.get(row["cause"])
    if name is None:
        return None
    kept = {key: row["drill"][key] for key in ("dealership", "from", "to") if key in row["drill"]}
    return _(REPORTS[name].title), url_for(".report", name=name, **kept)


def _advisors(section: Section | None, whole: float | None, notes: Footnotes) -> Table | None:
    """The advisors' table, each beside all of them together."""
    if section is None:
        return None
    shown = table(_shown(section), notes)
    beside = "" if whole is None else _("All together: %(share)s", share=formats.percent(whole))
    shown.headings.append(Heading(_("Beside all"), beside))
    for row, (_words, cells) in zip(section["rows"], shown.rows, strict=True):
        cells.append(Cell(_verdict(row, whole)))
    return shown


def _verdict(row: Mapping[str, Any], whole: float | None) -> str:
    n, interval = row["n"]["closing_ratio_value"], row["intervals"].get("closing_ratio_value")
    if n < _JUDGED_FROM:
        return _("too few to judge (%(n)s)", n=n)
    if whole is None or interval is None or interval[0] <= whole <= interval[1]:
        return _("no different")
    return _("▴ sells more") if interval[0] > whole else _("▾ sells less")
