"""The rejects files: every rejected row as it was, with what was wrong, to be fixed and imported again.

One CSV file for each source file that has rejects, since inputs have columns of their own. The four
columns in front are ignored when the file is imported again. How a file comes into being whole is said in
`drafts`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count
from pathlib import Path
from types import TracebackType

from servicelost.intake.mapping.cells import RejectedRow
from servicelost.intake.mapping.drafts import Draft, sweep_drafts
from servicelost.intake.mapping.source_files import SourceFile

REJECT_COLUMNS = ("!row", "!column", "!value", "!reason")
_REJECTS_STEM = re.compile(r"\.rejects(-[0-9]+)?$")


class RejectsWriter:
    """Collects rejected rows; the files appear, whole, when the block ends well.

    An import that is broken off leaves none: run again, it meets the same rows again.
    """

    def __init__(self, folder: Path, files: Iterable[SourceFile]) -> None:
        self._folder = folder
        self._columns: Mapping[Path, tuple[str, ...]] = {file.path: file.columns for file in files}
        self._drafts: dict[Path, Draft] = {}
        self.paths: list[Path] = []
        self.written = 0

    def __enter__(self) -> "RejectsWriter":
        sweep_drafts(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for source, draft in self._drafts.items():
            with draft:
                if kind is None:
                    self.paths.append(draft.publish(_names(self._folder, source)))

    def write(self, rejected: RejectedRow) -> None:
        """Add one row."""
        told = [
            str(rejected.row.number),
            "; ".join(problem.column for problem in rejected.problems if problem.column),
            "; ".join(problem.value for problem in rejected.problems if problem.column),
            "; ".join(str(problem) for problem in rejected.problems),
        ]
        stream = self._draft(rejected.row.path).stream
        csv.writer(stream).writerow([*told, *rejected.row.cells])
        self.written += 1

    def _draft(self, source: Path) -> Draft:
        if source not in self._drafts:
            draft = self._drafts[source] = Draft(self._folder)
            csv.writer(draft.stream).writerow([*REJECT_COLUMNS, *self._columns.get(source, ())])
        return self._drafts[source]


def _names(folder: Path, source: Path) -> Iterator[Path]:
    """Where the rejects of a source file may go, in this order."""
    stem = _REJECTS_STEM.sub("", source.stem)
    numbered = (f"{stem}.rejects-{number}.csv" for number in count(2))
    return (folder / name for name in chain([f"{stem}.rejects.csv"], numbered))
