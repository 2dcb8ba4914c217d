"""What every kind of source file offers: its columns, and its rows one by one, good or rejected.

How a file is taken apart is in `csv_files` and `xlsx_files`.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from servicelost.intake.catalogue.problems import did_you_mean, shown
from servicelost.intake.mapping.cells import Problem, RejectedRow, SourceRow
from servicelost.intake.mapping.definition import InputDefinition
from servicelost.kernel.errors import FieldProblem, InvalidInput

COUNTED = 20_000


class SourceFile(ABC):
    """One file given for one input; it can be read any number of times."""

    def __init__(self, definition: InputDefinition, path: Path) -> None:
        self.definition = definition
        self.path = path
        self.columns: tuple[str, ...] = ()

    @property
    @abstractmethod
    def form(self) -> str:
        """How the file is written, in a few words for the summary."""

    @abstractmethod
    def records(self) -> Iterator[tuple[int, tuple[str, ...], str]]:
        """Every record with its number and, where it cannot be used, the reason."""

    def read(self) -> Iterator[SourceRow | RejectedRow]:
        """The rows below the header; empty ones are left out."""
        expected = len(self.columns)
        for number, cells, trouble in self.records():
            if number <= self.definition.header_row:
                continue
            row = SourceRow(self.definition.name, self.path, number, cells)
            if not trouble and len(cells) != expected:
                row, trouble = self._fitted(row)
            if trouble:
                problem = Problem("", shown(", ".join(cells)), trouble, f"{expected} columns")
                yield RejectedRow(row, [problem])
            elif any(cells):
                yield row

    def estimate(self) -> int:
        """About how many rows `read` gives; exact for files up to so many."""
        counted = sum(1 for _ in islice(self.read(), COUNTED))
        return counted if counted < COUNTED else max(self.beyond(), counted)

    @abstractmethod
    def beyond(self) -> int:
        """How many rows a file seems to have that is too long to be counted."""

    def set_columns(self, header: tuple[str, ...]) -> None:
        """Take the header; refuses a file that lacks columns of the mapping, or names one twice."""
        columns = tuple(str(name).strip() for name in header)
        while columns and not columns[-1]:
            columns = columns[:-1]
        repeated = {name for name in columns if name and columns.count(name) > 1} & self.definition.columns
        missing = sorted(self.definition.columns - set(columns))
        problems = [_missing(name, columns) for name in missing]
        problems += [FieldProblem(name, "stands in the header more than once") for name in sorted(repeated)]
        if problems:
            told = "; ".join(f"column {problem.field!r} {problem.message}" for problem in problems)
            place = f"{self.path.name} row {self.definition.header_row}"
            raise InvalidInput(
                "INVALID_FILE", f"{place} (input {self.definition.name}): {told}", errors=problems
            )
        self.columns = columns

    def _fitted(self, row: SourceRow) -> tuple[SourceRow, str]:
        """The row with the header's number of cells, if only empty ones are too many."""
        expected = len(self.columns)
        if len(row.cells) > expected and not any(row.cells[expected:]):
            return SourceRow(row.input, row.path, row.number, row.cells[:expected]), ""
        if not any(row.cells):
            return row, ""
        return row, f"has {len(row.cells)} fields where the header has {expected}"


def _missing(name: str, columns: Collection[str]) -> FieldProblem:
    expected = did_you_mean(name, columns, "")
    return FieldProblem(
        name, f"is not in the header{f'; {expected}' if expected else ''}", None, expected or None
    )
