"""A workbook of the tables of a result: bold headings, number formats, greyed where cases are too few.

Slow to load, so nothing imports this before the first workbook is asked for.
"""

import io
import re
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from servicelost.analytics.exports.cells import Sheet
from servicelost.analytics.spec import Kind

_NUMBER_FORMATS = {
    Kind.MONEY: "#,##0.00", Kind.PERCENT: "0.0%", Kind.HOURS: "#,##0.0", Kind.COUNT: "#,##0",
    Kind.QUANTITY: "#,##0.###",
}  # fmt: skip
_WIDTHS = {Kind.TEXT: 28.0}
_GREY = "808080"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with one sheet a table, written row by row."""
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        _write(book, sheet, _sheet_title(sheet.title, taken))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write(book: Workbook, sheet: Sheet, title: str) -> None:
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    for place, kind in enumerate(sheet.kinds):
        page.column_dimensions[chr(ord("A") + place)].width = _WIDTHS.get(kind, 16.0)
    heading = []
    for text in sheet.headings:
        bold = WriteOnlyCell(page, value=text)
        bold.font, bold.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        heading.append(bold)
    page.append(heading)
    for line, row in enumerate(sheet.rows):
        page.append([_cell(page, sheet, line, place, value) for place, value in enumerate(row)])
    for note in sheet.notes:
        page.append([note])


def _cell(page: Any, sheet: Sheet, line: int, place: int, value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    written = WriteOnlyCell(page, value=value)
    written.number_format = _NUMBER_FORMATS.get(sheet.kinds[place], "General")
    if (line, place) in sheet.few:
        written.font = Font(color=_GREY)
    return written


def _sheet_title(title: str, taken: set[str]) -> str:
    """A title a workbook accepts: 31 characters, none forbidden, no two alike."""
    plain = _FORBIDDEN.sub(" ", title)[:31]
    number = 2
    while plain.lower() in taken:
        plain = f"{plain[:28]} {number}"
        number += 1
    taken.add(plain.lower())
    return plain
