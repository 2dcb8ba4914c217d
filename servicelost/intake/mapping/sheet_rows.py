"""The rows of one sheet of a workbook, one at a time and in bounded memory, whatever its XML holds.

openpyxl says what a cell means; walking through the sheet is done here, since openpyxl keeps something of
every row it has passed. Which sheet, and what becomes of its cells, is decided in `xlsx_files`.
"""

import warnings
from collections.abc import Iterator
from typing import Any, BinaryIO

from defusedxml.ElementTree import iterparse
from openpyxl.worksheet._reader import DATA_TAG, ROW_TAG, WorkSheetParser

MOST_ROWS = 1_048_576
# No honest row is longer, nor what stands before the first one.
LONGEST_ROW = 2_000_000

Cells = list[Any]


class _Bounded:
    """A stream that refuses to be read further than so many bytes since it was last forgiven."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self._since += len(chunk)
        if self._since > LONGEST_ROW:
            raise ValueError(f"one row has more than {LONGEST_ROW} bytes")
        return chunk

    def forgive(self) -> None:
        self._since = 0


def sheet_rows(sheet: Any, most_columns: int) -> Iterator[tuple[int, Cells]]:
    """The number of each row that is there with its values; raises ValueError and what openpyxl raises."""
    book = sheet.parent
    with book._archive.open(sheet._worksheet_path) as stream:
        source = _Bounded(stream)
        parser = WorkSheetParser(
            stream, sheet._shared_strings, data_only=True, epoch=book.epoch,
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for element in _row_elements(source):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a date out of range becomes an error value
                number, cells = parser.parse_row(element)
            if not 1 <= number <= MOST_ROWS:
                raise ValueError(f"there is no row {number}")
            parser.row_dimensions.clear()
            source.forgive()
            yield number, _in_columns(cells, most_columns)


def _row_elements(source: _Bounded) -> Iterator[Any]:
    """Each row's element, forgotten with all before it once it was used."""
    root: Any = None
    data: Any = None
    for happened, element in iterparse(source, ("start", "end")):
        if root is None:
            root = element
        if happened == "start":
            data = element if element.tag == DATA_TAG else data
        elif element.tag == DATA_TAG:
            return
        elif data is None and element is not root:
            root.clear()
        elif element.tag == ROW_TAG and data is not None:
            yield element
            data.clear()


def _in_columns(cells: list[dict[str, Any]], most_columns: int) -> Cells:
    width = min(max((cell["column"] for cell in cells), default=0), most_columns)
    values: Cells = [None] * width
    for cell in cells:
        if 1 <= cell["column"] <= width:
            values[cell["column"] - 1] = cell["value"]
    return values
