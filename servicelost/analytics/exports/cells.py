"""A result laid out as plain tables: titles, headings and cells, the same for every file format.

Text that a spreadsheet would take for a formula is made harmless here. No format is written here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from servicelost.analytics.formatting import shown_interval
from servicelost.analytics.spec import Kind

Cell = str | int | float | Decimal | None
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """A table: `kinds` say how the cells of each column are written; notes stand below.

    `few` are the places (row, column) of rates over too few cases to judge, which are greyed.
    """

    id: str
    title: str
    headings: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
    few: frozenset[tuple[int, int]] = frozenset()


def harmless(text: str) -> str:
    """Text that no spreadsheet runs: a leading formula sign gets an apostrophe, control signs go."""
    cleaned = _CONTROL.sub("", text)
    return f"'{cleaned}" if cleaned.startswith(_FORMULA) else cleaned


def sheets_of(result: Mapping[str, Any]) -> Iterator[Sheet]:
    """The headline numbers, the bridge if there is one, and every section."""
    yield _headlines(result)
    if result["bridge"]:
        yield _bridge(result)
    several = len(result["currencies"]) > 1
    for section in result["sections"]:
        yield _section(section, several)


def _headlines(result: Mapping[str, Any]) -> Sheet:
    """Values of different kinds share one column, so each row says its unit."""
    headings = ("Number", "Value", "Unit", "95 % interval", "Cases", "Definition", "Remark")
    kinds = (Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.COUNT, Kind.TEXT, Kind.TEXT)
    rows = [
        (
            harmless(number["label"]),
            cell(number["kind"], number["value"]),
            number["currency"] if number["kind"] == Kind.MONEY else number["kind"],
            shown_interval(number["kind"], number["interval"]),
            number["n"],
            harmless(number["definition"]),
            harmless(_remark(number)),
        )
        for number in result["measures"]
    ]
    return Sheet("numbers", "Numbers", headings, kinds, rows, (f"as of {result['as_of']}",))


def _remark(number: Mapping[str, Any]) -> str:
    if not number["available"]:
        return f"not available: {number['reason']}"
    return f"too few to judge (n = {number['n']})" if number.get("few") else ""


def _bridge(result: Mapping[str, Any]) -> Sheet:
    headings = ("Step", "Amount", "Currency", "Cases", "Definition")
    kinds = (Kind.TEXT, Kind.MONEY, Kind.TEXT, Kind.COUNT, Kind.TEXT)
    rows = [
        (
            step["label"],
            cell(Kind.MONEY, step["value"]),
            step["currency"],
            step["n"],
            harmless(step["definition"]),
        )
        for step in result["bridge"]
    ]
    return Sheet("bridge", "Bridge", headings, kinds, rows)


def _section(section: Mapping[str, Any], several: bool) -> Sheet:
    columns = section["columns"]
    mark = f"-{section['currency'].lower()}" if several else ""
    title = f"{section['title']} ({section['currency']})" if several else section["title"]
    headings = tuple(_heading(column, section["currency"]) for column in columns)
    kinds = tuple(Kind(column["kind"]) for column in columns)
    rows = [tuple(_value(column, row) for column in columns) for row in section["rows"]]
    notes = tuple(map(harmless, section["notes"]))
    return Sheet(section["id"] + mark, title, headings, kinds, rows, notes, _few(section))


def _few(section: Mapping[str, Any]) -> frozenset[tuple[int, int]]:
    return frozenset(
        (line, place)
        for line, row in enumerate(section["rows"])
        for place, column in enumerate(section["columns"])
        if column["key"] in row["few"]
    )


def _heading(column: Mapping[str, Any], currency: str) -> str:
    return f"{column['label']} ({currency})" if column["kind"] == Kind.MONEY else str(column["label"])


def _value(column: Mapping[str, Any], row: Mapping[str, Any]) -> Cell:
    if "vocabulary" in column:
        return harmless(row["labels"][column["key"]])
    return cell(column["kind"], row[column["key"]])


def cell(kind: str, value: Any) -> Cell:
    """The value as a cell: money as Decimal, other numbers as they are, text made harmless."""
    if value is None:
        return None
    if kind == Kind.MONEY:
        return Decimal(value)
    return harmless(str(value)) if kind == Kind.TEXT else value
