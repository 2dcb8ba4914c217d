"""The rejects files: every rejected row as it was, with what was wrong, to be fixed and imported again.

One CSV file for each source file that has rejects, since inputs have columns of their own. The four
columns in front are ignored when the file is imported again.
"""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TextIO

from servicelost.intake.mapping.cells import RejectedRow
from servicelost.intake.mapping.source_files import SourceFile

REJECT_COLUMNS = ("!row", "!column", "!value", "!reason")
SUFFIX = ".rejects.csv"


class RejectsWriter:
    """Writes rejected rows as they come; a file appears with its first row."""

    def __init__(self, folder: Path, files: Iterable[SourceFile]) -> None:
        self._folder = folder
        self._columns: Mapping[Path, tuple[str, ...]] = {file.path: file.columns for file in files}
        self._open: dict[Path, TextIO] = {}
        self.written = 0

    def __enter__(self) -> "RejectsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._open.values():
            stream.close()

    @property
    def paths(self) -> list[Path]:
        """The rejects files written so far."""
        return [rejects_path(self._folder, path) for path in self._open]

    def write(self, rejected: RejectedRow) -> None:
        """Add one row."""
        told = [
            str(rejected.row.number),
            "; ".join(problem.column for problem in rejected.problems if problem.column),
            "; ".join(problem.value for problem in rejected.problems if problem.column),
            "; ".join(str(problem) for problem in rejected.problems),
        ]
        csv.writer(self._stream(rejected.row.path)).writerow([*told, *rejected.row.cells])
        self.written += 1

    def _stream(self, source: Path) -> TextIO:
        if source not in self._open:
            path = rejects_path(self._folder, source)
            self._folder.mkdir(parents=True, exist_ok=True)
            stream = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
            csv.writer(stream).writerow([*REJECT_COLUMNS, *self._columns.get(source, ())])
            self._open[source] = stream
        return self._open[source]


def rejects_path(folder: Path, source: Path) -> Path:
    """Where the rejects of a source file are written."""
    return folder / f"{source.stem.removesuffix('.rejects')}{SUFFIX}"
