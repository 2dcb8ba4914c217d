"""The rows behind a number as a file, all of them, for people who go on in a spreadsheet.

Cells that a spreadsheet would run as a formula are made harmless by `analytics.exports`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Response
from sqlalchemy import Connection

from servicelost.analytics.drill import Drill, Target, open_drill
from servicelost.analytics.exports import FORMATS
from servicelost.analytics.exports.cells import Cell, Sheet, harmless
from servicelost.analytics.exports.spreadsheets import to_csv, to_xlsx
from servicelost.analytics.spec import Kind
from servicelost.kernel.errors import FieldProblem
from servicelost.web.problems import StatusError

MOST_ROWS = 50_000
_CHUNK = 1000
_WRITERS = {"csv": to_csv, "xlsx": to_xlsx}
_COLUMNS: Mapping[Target, tuple[str, ...]] = {
    Target.LEDGER: (
        "business_day", "kind", "dealership", "order", "category", "line", "stage", "event", "cause", "owner",
        "grade", "pay_type", "severity", "part", "advisor", "amount", "currency", "revenue", "document",
        "note", "recorded_at", "recorded_by",
    ),
    Target.LINES: (
        "visit_at", "dealership", "order", "category", "description", "severity", "state", "advisor",
        "amount", "currency",
    ),
}  # fmt: skip
_MONEY = frozenset({"amount", "revenue"})


def row_file(connection: Connection, drill: Drill, name: str) -> Response:
    """The rows as CSV or XLSX; refuses another format, and more rows than a request may make."""
    return write_rows(_all_rows(connection, drill), _COLUMNS[drill.target], "rows", name)


def write_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], stem: str, name: str) -> Response:
    """These columns of the rows as a file of the format; refuses a format there is none of."""
    if name not in _WRITERS:
        message = f"format: {name!r} is not known, expected one of {', '.join(_WRITERS)}"
        errors = [FieldProblem("format", message)]
        raise StatusError(HTTPStatus.UNPROCESSABLE_ENTITY, "BAD_PARAMETER", message, errors=errors)
    headings = tuple(column.replace("_", " ").capitalize() for column in columns)
    kinds = tuple(Kind.MONEY if column in _MONEY else Kind.TEXT for column in columns)
    sheet = Sheet(stem, stem.capitalize(), headings, kinds, [_cells(row, columns) for row in rows])
    return as_file(_WRITERS[name]([sheet]), FORMATS[name].content_type, f"{stem}.{name}")


def check_not_too_many(count: int) -> None:
    """Refuse more rows than a request may make a file of."""
    if count > MOST_ROWS:
        message = f"these are {count:,} rows, a file holds {MOST_ROWS:,}: narrow the period or the filters"
        raise StatusError(HTTPStatus.UNPROCESSABLE_ENTITY, "TOO_MANY_ROWS", message)


def as_file(content: bytes, content_type: str, name: str) -> Response:
    """An answer that the browser saves under this name."""
    answer = Response(content, content_type=content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _all_rows(connection: Connection, drill: Drill) -> Iterator[Mapping[str, Any]]:
    offset = 0
    while True:
        page = open_drill(connection, drill, offset=offset, limit=_CHUNK)
        check_not_too_many(page.count)
        yield from page.rows
        offset += _CHUNK
        if offset >= page.count:
            return


def _cells(row: Mapping[str, Any], columns: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(_cell(column, row.get(column)) for column in columns)


def _cell(column: str, value: Any) -> Cell:
    if value is None:
        return None
    return Decimal(value) if column in _MONEY else harmless(str(value))
