"""The smallest things of a mapped import: a cell's text, a row of a file, what is wrong with it.

No reading of files and no mapping rules here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class Exact(str):
    """Text whose form is settled: an ISO date or time, or a number with a decimal point.

    Typed spreadsheet cells and computed values come as Exact; the formats of the mapping do not
    apply to them.
    """

    __slots__ = ()


@dataclass(frozen=True)
class Problem:
    """Why a row was rejected: which column, what stood there, what was expected."""

    column: str
    value: str
    reason: str
    expected: str = ""

    def __str__(self) -> str:
        told = f"{self.column}: {self.reason}" if self.column else self.reason
        return f"{told} (expected {self.expected})" if self.expected else told


class CannotReadError(Exception):
    """A cell does not hold what the mapping says it holds."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class SourceRow:
    """One row of one source file; `number` is what a spreadsheet shows, the header included."""

    input: str
    path: Path
    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RejectedRow:
    """A row that gave no events, with every reason found."""

    row: SourceRow
    problems: Sequence[Problem]
