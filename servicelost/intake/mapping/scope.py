"""A row at work: its cells by name, its computed values, and the rows it belongs with.

Values are computed when first asked for and kept. How a value is computed is in `computing`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from servicelost.intake.mapping.cells import Exact, SourceRow

if TYPE_CHECKING:
    from servicelost.intake.mapping.computing import InputMachine

Getter = Callable[["Scope"], str]


class Scope:
    """The names a row knows; `related` are rows of other inputs, `children` the rows that belong to it."""

    __slots__ = ("children", "machine", "related", "row", "siblings", "values")

    def __init__(self, machine: "InputMachine", row: SourceRow, columns: tuple[str, ...]) -> None:
        self.machine = machine
        self.row = row
        self.values: dict[str, str] = {
            column: cell if type(cell) is Exact else cell.strip()
            for column, cell in zip(columns, row.cells, strict=False)
        }
        self.related: Mapping[str, Scope] = {}
        self.children: dict[str, list[Scope]] = {}
        self.siblings: list[Scope] = []

    def get(self, name: str) -> str:
        """The value of a name of this row; raises CannotReadError where it cannot be computed."""
        found = self.values.get(name)
        if found is None:
            found = self.values[name] = self.machine.compute(name, self)
        return found

    def with_items(self, **items: str) -> "Scope":
        """The same row with further values, for one event out of several."""
        copy = object.__new__(Scope)
        copy.machine, copy.row, copy.related = self.machine, self.row, self.related
        copy.children, copy.siblings = self.children, self.siblings
        copy.values = {**self.values, **items}
        return copy
