"""The named counts of a mapping: the traps of an export, counted so that nobody has to believe.

Counted over all rows read, accepted or not, so that a resumed import shows the same figures.
"""

from dataclasses import dataclass
from decimal import Decimal

from servicelost.intake.mapping.cells import CannotReadError
from servicelost.intake.mapping.computing import InputMachine
from servicelost.intake.mapping.definition import CounterDefinition
from servicelost.intake.mapping.scope import Scope


@dataclass
class Count:
    """How many rows met the condition, and the sum of the column if the mapping names one."""

    name: str
    rows: int = 0
    total: Decimal | None = None

    def __str__(self) -> str:
        worth = f", {self.total:,}" if self.total is not None else ""
        return f"{self.rows:>9,}   {self.name}{worth}"


class Counter:
    """One count at work."""

    def __init__(self, definition: CounterDefinition, machine: InputMachine) -> None:
        self.input = definition.input
        self.count = Count(definition.name, 0, Decimal(0) if definition.sum else None)
        self._meets = machine.predicate(definition.when)
        self._column = definition.sum or ""
        self._sum = machine.getter(definition.sum) if definition.sum else None
        self._notation = machine.notation

    def look_at(self, scope: Scope) -> None:
        """Count the row if it meets the condition; a row that cannot be read is not counted."""
        try:
            if self._meets(scope):
                amount = self._amount(scope)
                self.count.rows += 1
                if self.count.total is not None:
                    self.count.total += amount
        except CannotReadError:
            return

    def _amount(self, scope: Scope) -> Decimal:
        text = self._sum(scope) if self._sum else ""
        return self._notation.number(text, self._column) if text else Decimal(0)
