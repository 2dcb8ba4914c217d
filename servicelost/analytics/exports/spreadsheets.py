"""CSV and XLSX: the tables of a result, numbers as numbers.

CSV holds all tables one below the other, or a single one for machines. How a workbook is laid out is said in
`workbooks`, which is loaded for the first one.
"""

import csv
import io
from collections.abc import Iterable

from servicelost.analytics.exports.cells import Sheet


def to_csv(sheets: Iterable[Sheet]) -> bytes:
    """The tables as UTF-8 with a byte order mark, which spreadsheets need to read it as such."""
    chosen = list(sheets)
    text = io.StringIO()
    writer = csv.writer(text)
    for place, sheet in enumerate(chosen):
        if len(chosen) > 1:
            writer.writerows([[]] if place else [])
            writer.writerow([sheet.title])
        writer.writerow(sheet.headings)
        writer.writerows(["" if value is None else value for value in row] for row in sheet.rows)
        if len(chosen) > 1:
            writer.writerows([note] for note in sheet.notes)
    return text.getvalue().encode("utf-8-sig")


def to_xlsx(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with one sheet a table."""
    from servicelost.analytics.exports.workbooks import workbook

    return workbook(sheets)
