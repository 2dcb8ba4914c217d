"""The rejects files: every rejected row as it was, with what was wrong, to be fixed and imported again.

One CSV file for each source file that has rejects, since inputs have columns of their own. The four
columns in front are ignored when the file is imported again.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import TextIO

from servicelost.intake.mapping.cells import RejectedRow
from servicelost.intake.mapping.source_files import SourceFile

REJECT_COLUMNS = ("!row", "!column", "!value", "!reason")
_REJECTS_STEM = re.compile(r"\.rejects(-[0-9]+)?$")


class RejectsWriter:
    """Writes rejected rows as they come; a file appears with its first row."""

    def __init__(self, folder: Path, files: Iterable[SourceFile]) -> None:
        self._folder = folder
        self._columns: Mapping[Path, tuple[str, ...]] = {file.path: file.columns for file in files}
        self._open: dict[Path, tuple[Path, TextIO]] = {}
        self.written = 0

    def __enter__(self) -> "RejectsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, stream in self._open.values():
            stream.close()

    @property
    def paths(self) -> list[Path]:
        """The rejects files written so far."""
        return [path for path, _ in self._open.values()]

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
            self._folder.mkdir(parents=True, exist_ok=True)
            path = free_path(self._folder, source)
            stream = path.open("x", encoding="utf-8-sig", errors="backslashreplace", newline="")
            csv.writer(stream).writerow([*REJECT_COLUMNS, *self._columns.get(source, ())])
            self._open[source] = path, stream
        return self._open[source][1]


def free_path(folder: Path, source: Path) -> Path:
    """Where the rejects of a source file go; a file is never overwritten, somebody may be mending it."""
    stem = _REJECTS_STEM.sub("", source.stem)
    names = chain([f"{stem}.rejects.csv"], (f"{stem}.rejects-{number}.csv" for number in count(2)))
    return next(path for name in names if not (path := folder / name).exists())
