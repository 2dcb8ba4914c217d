"""A report's document as tables: every number written out, with its definition and the way to its rows.

Numbers come ready from `analytics`; here they are only written as people read them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import url_for

from servicelost.analytics.present import PAGE_ROWS
from servicelost.analytics.selection import NONE
from servicelost.web.languages import formats
from servicelost.web.languages import gettext as _
from servicelost.web.ui import wording

_TONES = {
    "lost_gross": "lost", "lost_net": "lost", "losses": "lost", "recovered": "recovered", "realized": "won",
    "sold_value": "won", "unsold_value": "lost", "outstanding": "potential", "value": "potential",
    "parts_gross": "lost", "capacity_gross": "lost", "lost_gross_12m": "lost",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A number as it is shown; `about` is its interval or why there is none."""

    text: str
    url: str | None = None
    about: str | None = None
    few: bool = False
    share: float = 0.0


@dataclass(frozen=True)
class Heading:
    """A column: `note` is the number of its definition below."""

    label: str
    definition: str | None = None
    note: int | None = None


@dataclass
class Table:
    """A section of the report: `words` of each row, then its cells; `cut` says that there are more rows."""

    id: str
    title: str
    words: list[Heading]
    headings: list[Heading]
    rows: list[tuple[list[str], list[Cell]]]
    notes: Sequence[str]
    cut: str | None = None


@dataclass(frozen=True)
class Figure:
    """A headline number."""

    label: str
    cell: Cell
    tone: str
    definition: str
    note: int
    reason: str | None = None


@dataclass
class Footnotes:
    """The definitions printed below the tables, each once, in the order they are first needed."""

    texts: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, label: str, definition: str) -> int:
        """The number of this definition."""
        return self.texts.setdefault((label, definition), len(self.texts) + 1)

    def __iter__(self) -> Iterator[tuple[int, str, str]]:
        return iter([(number, label, text) for (label, text), number in self.texts.items()])


def figures(document: Mapping[str, Any], notes: Footnotes) -> list[Figure]:
    """The headline numbers."""
    found = []
    for number in document["measures"]:
        cell = _cell(number["kind"], number["value"], number["currency"], number["interval"], number["drill"])
        if number["few"]:
            cell = _too_few(number["n"])
        label = number["label"]
        if len(document["currencies"]) > 1:
            label = f"{label}, {number['currency']}"
        found.append(
            Figure(
                label,
                cell,
                _TONES.get(number["key"], "none"),
                number["definition"],
                notes.number(number["label"], number["definition"]),
                None if number["available"] else number["reason"],
            )
        )
    return found


def table(section: Mapping[str, Any], notes: Footnotes) -> Table:
    """A section as a table of as many rows as a page shows."""
    words = [column for column in section["columns"] if "vocabulary" in column]
    numbers = [column for column in section["columns"] if "vocabulary" not in column]
    headings = [
        Heading(column["label"], column["definition"], notes.number(column["label"], column["definition"]))
        for column in numbers
    ]
    rows = [
        (
            [row["labels"][column["key"]] for column in words],
            [_row_cell(row, column, section["currency"]) for column in numbers],
        )
        for row in section["rows"][:PAGE_ROWS]
    ]
    return Table(
        section["id"], section["title"], [Heading(column["label"]) for column in words], headings, rows,
        section["notes"], _cut(len(rows), section["row_count"]),
    )  # fmt: skip


def _cut(shown: int, count: int) -> str | None:
    if shown == count:
        return None
    return _(
        "Showing the first %(shown)s of %(count)s rows; the whole table is in the files.",
        shown=formats.count(shown),
        count=formats.count(count),
    )


@dataclass(frozen=True)
class Step:
    """A step of the bridge; totals stand on their own, the others are added."""

    label: str
    cell: Cell
    count: int
    total: bool
    note: int


def bridge(document: Mapping[str, Any], notes: Footnotes) -> list[Step]:
    """The way from one figure to the other, step by step."""
    return [
        Step(
            step["label"],
            _cell(step["kind"], step["value"], step["currency"], None, step["drill"]),
            step["n"],
            step["total"],
            notes.number(step["label"], step["definition"]),
        )
        for step in document["bridge"]
    ]


def _row_cell(row: Mapping[str, Any], column: Mapping[str, Any], currency: str) -> Cell:
    key, kind = column["key"], column["kind"]
    if key in row["few"]:
        return _too_few(row["n"][key])
    drill = row["drill"] if kind in ("money", "count") and column.get("leads", True) else None
    return _cell(kind, row[key], currency, row["intervals"].get(key), drill)


def _cell(kind: str, value: Any, currency: str, interval: Sequence[Any] | None, drill: Any) -> Cell:
    about = None
    if interval is not None:
        about = "–".join(write(kind, bound, currency) for bound in interval)
    return Cell(write(kind, value, currency), rows_url(drill) if value is not None else None, about)


def _too_few(n: int) -> Cell:
    return Cell(f"n = {n}", about=_("Too few to judge"), few=True)


def rows_url(drill: Mapping[str, Any] | None) -> str | None:
    """The page with the rows behind a number."""
    if drill is None:
        return None
    values: dict[str, Any] = {name: NONE if value is None else value for name, value in drill.items()}
    return url_for(".rows", **values)


def write(kind: str, value: Any, currency: str) -> str:
    """A value of a document as people read it."""
    if value is None:
        return wording.NOTHING
    if kind == "money":
        return wording.rounded(Decimal(value), currency)
    if kind == "percent":
        return formats.percent(value)
    if kind == "hours":
        return _("%(hours)s h", hours=formats.decimal(value, "#,##0.0"))
    if kind == "quantity":
        return formats.decimal(value, "#,##0.###")
    return formats.count(value) if kind == "count" else str(value)
