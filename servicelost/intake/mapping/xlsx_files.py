"""Reading XLSX files row by row: values of formulas, dates as dates, and no unpacking of bombs.

Typed cells become Exact texts, so that the date and number formats of the mapping do not apply to
them. Old binary XLS files are refused.
"""

import lzma
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from servicelost.intake.catalogue.problems import did_you_mean
from servicelost.intake.mapping.cells import Exact
from servicelost.intake.mapping.definition import InputDefinition
from servicelost.intake.mapping.sheet_rows import MOST_ROWS, sheet_rows
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.kernel.errors import InvalidInput

LARGEST_UNPACKED = 1_000_000_000
LARGEST_RATIO = 200
_RATIO_MATTERS_FROM = 2_000_000
# Parts that are no sheets are held in memory as a whole.
_LARGEST_PART = 10_000_000
_LARGEST_TEXTS = 50_000_000
MOST_COLUMNS = 500
LONGEST_CELL = 32_767

# What a workbook that is damaged or made up can make the reading libraries raise.
_BROKEN = (
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
    SyntaxError,
    EOFError,
    RuntimeError,
    OSError,
    struct.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zlib.error,
)


class XlsxFile(SourceFile):
    """One sheet of a workbook."""

    def __init__(self, definition: InputDefinition, path: Path) -> None:
        super().__init__(definition, path)
        refuse_bombs(path)
        self._sheet = ""
        self.set_columns(self._header())

    @property
    def form(self) -> str:
        """The sheet that is read."""
        return f"XLSX, sheet {self._sheet}"

    def records(self) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Every row of the sheet with its number, from 1."""
        with self._workbook() as workbook:
            sheet = workbook[self._choose([sheet.title for sheet in workbook.worksheets])]
            width = len(self.columns)
            for number, cells in sheet_rows(sheet, width or MOST_COLUMNS):
                texts = [_text(cell) for cell in cells]
                yield number, (*texts, *[""] * (width - len(texts))), ""

    def beyond(self) -> int:
        """As many rows as the sheet says it has; nothing but a progress bar depends on it."""
        with self._workbook() as workbook:
            return min(workbook[self._sheet].max_row or 0, MOST_ROWS)

    def _header(self) -> tuple[str, ...]:
        for number, cells, _ in self.records():
            if number == self.definition.header_row:
                return cells
        message = (
            f"{self.path.name} sheet {self._sheet} has no row {self.definition.header_row} for the header"
        )
        raise InvalidInput("INVALID_FILE", message)

    @contextmanager
    def _workbook(self) -> Iterator[Any]:
        """The opened workbook; its file is closed whatever is wrong with it, and that is told."""
        try:
            with self.path.open("rb") as stream:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)
                    workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
                yield workbook
        except _BROKEN as error:
            message = f"{self.path.name} is not a readable XLSX workbook: {error}"
            raise InvalidInput("INVALID_FILE", message) from None

    def _choose(self, sheets: list[str]) -> str:
        wanted = self.definition.sheet
        if wanted is not None and wanted not in sheets:
            expected = did_you_mean(wanted, sheets, "it has " + ", ".join(sheets))
            raise InvalidInput("INVALID_FILE", f"{self.path.name} has no sheet {wanted!r}; {expected}")
        self._sheet = wanted or sheets[0]
        return self._sheet


def refuse_bombs(path: Path) -> None:
    """Refuse a file that is no zip archive, or one that would unpack to absurd size."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except _BROKEN as error:
        message = f"{path.name} is not an XLSX workbook ({error}); save it as XLSX or CSV"
        raise InvalidInput("INVALID_FILE", message) from None
    for entry in entries:
        _refuse_large_part(path, entry)
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    bomb = unpacked > _RATIO_MATTERS_FROM and unpacked / packed > LARGEST_RATIO
    if unpacked > LARGEST_UNPACKED or bomb:
        message = f"{path.name} would unpack from {packed} to {unpacked} bytes, which no honest workbook does"
        raise InvalidInput("INVALID_FILE", message)


def _refuse_large_part(path: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.filename.lower()
    most = _LARGEST_TEXTS if name.endswith("sharedstrings.xml") else _LARGEST_PART
    # Pictures and the like are never unpacked, sheets are read row by row.
    if name.endswith((".xml", ".rels")) and "worksheets/" not in name and entry.file_size > most:
        message = f"{path.name}: its part {entry.filename} has {entry.file_size} bytes, at most {most}"
        raise InvalidInput("INVALID_FILE", f"{message} are read; save the sheet as CSV")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell[:LONGEST_CELL]
    if isinstance(cell, bool):
        return Exact("true" if cell else "false")
    if isinstance(cell, float):
        return Exact(format(Decimal(f"{cell:.15g}"), "f"))
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return Exact(cell.date().isoformat() if midnight else cell.isoformat(timespec="seconds"))
    if isinstance(cell, date | time):
        return Exact(cell.isoformat())
    return Exact(cell)
