"""Reading CSV files as they come: any delimiter, quoted line breaks, stray quotes, endless lines.

One bad record never takes the next ones with it: a quote that is opened and not closed spoils only
the line it stands in. Memory stays bounded whatever the file holds.
"""

import csv
from collections import deque
from collections.abc import Iterator
from os import SEEK_END
from pathlib import Path
from typing import TextIO

from servicelost.intake.mapping.definition import InputDefinition
from servicelost.intake.mapping.encodings import encoding_of, keeps_bytes
from servicelost.intake.mapping.source_files import SourceFile
from servicelost.kernel.errors import InvalidInput

DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 200_000
MOST_LINES = 500
LONGEST_RECORD = 1_000_000
_SAMPLE = 1_000_000
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class CsvFile(SourceFile):
    """A delimited text file."""

    def __init__(self, definition: InputDefinition, path: Path) -> None:
        super().__init__(definition, path)
        self._encoding = encoding_of(path, definition.encoding)
        self._delimiter = definition.delimiter
        if self._delimiter == "auto":
            self._delimiter = max(DELIMITERS, key=self._fit)
        self.set_columns(self._header(self._delimiter))

    @property
    def form(self) -> str:
        """Encoding and delimiter."""
        return f"CSV, {self._encoding}, {_NAMES.get(self._delimiter, self._delimiter)}"

    def records(self) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Every record with its number, from 1, and the reason where it cannot be used."""
        yield from self._records(self._delimiter)

    def beyond(self) -> int:
        """As many rows as have room, if all are as long as those at the beginning."""
        with self.path.open("rb") as stream:
            start = stream.read(_SAMPLE)
            lines = start.count(b"\n") or 1
            return int(stream.seek(0, SEEK_END) / len(start) * lines)

    def _records(self, delimiter: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
        errors = "surrogateescape" if keeps_bytes(self._encoding) else "replace"
        with self.path.open(encoding=self._encoding, errors=errors, newline="") as stream:
            for number, (cells, trouble) in enumerate(_Records(stream, delimiter), start=1):
                yield number, tuple(cells), trouble or self._undecodable(cells)

    def _undecodable(self, cells: list[str]) -> str:
        """Bytes that mean nothing in the encoding were marked when they were read."""
        text = "".join(cells)
        first, last = (0xD800, 0xDFFF) if keeps_bytes(self._encoding) else (0xFFFD, 0xFFFD)
        if text.isascii() or not any(first <= ord(char) <= last for char in text):
            return ""
        return f"contains bytes that are no characters in {self._encoding}"

    def _fit(self, delimiter: str) -> tuple[int, int]:
        """How well a delimiter cuts the header: columns the mapping knows, then columns at all."""
        try:
            header = self._header(delimiter)
        except InvalidInput:
            return 0, 0
        return len(self.definition.columns & {name.strip() for name in header}), len(header)

    def _header(self, delimiter: str) -> tuple[str, ...]:
        for number, cells, trouble in self._records(delimiter):
            if number == self.definition.header_row:
                if trouble:
                    raise InvalidInput("INVALID_FILE", f"{self.path.name} row {number}: the header {trouble}")
                return cells
        message = f"{self.path.name} has no row {self.definition.header_row}, where the header should be"
        raise InvalidInput("INVALID_FILE", message)


class _TooLongError(Exception):
    """A record has more lines or characters than any honest one."""


class _Records:
    """The records of a text stream: cells, and what is wrong with them if anything is."""

    def __init__(self, stream: TextIO, delimiter: str) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._waiting: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[tuple[list[str], str]]:
        reader = self._reader()
        while True:
            self._taken.clear()
            try:
                yield next(reader), ""
            except StopIteration:
                return
            except (csv.Error, _TooLongError) as error:
                line, *rest = self._taken
                self._waiting.extendleft(reversed(rest))
                yield self._single(line, error)
                reader = self._reader()

    def _reader(self) -> "Iterator[list[str]]":
        return csv.reader(self._lines(), delimiter=self._delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        while line := self._next_line():
            self._taken.append(line)
            length = sum(len(taken) for taken in self._taken) if len(self._taken) > 1 else len(line)
            if len(line) > LONGEST_LINE or len(self._taken) > MOST_LINES or length > LONGEST_RECORD:
                raise _TooLongError
            yield line

    def _next_line(self) -> str:
        if self._waiting:
            return self._waiting.popleft()
        line = self._stream.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._stream.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
        return line

    def _single(self, line: str, error: Exception) -> tuple[list[str], str]:
        """The first line of a record that could not be read, cut as well as it can be."""
        if len(line) > LONGEST_LINE:
            return [line[:100]], f"is longer than {LONGEST_LINE} characters"
        cells = line.rstrip("\r\n").split(self._delimiter)
        if isinstance(error, _TooLongError) or "unexpected end" in str(error):
            return cells, "opens a quote that is never closed"
        return cells, f"is not valid CSV: {error}"
