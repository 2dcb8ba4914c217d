"""What a report function is given, and how its selection becomes filters on the facts of the lake.

One question is about one currency. What is computed from the filtered facts is each report's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Column, Table

from servicelost.analytics.params import ReportParams
from servicelost.analytics.periods import Grain
from servicelost.analytics.selection import NONE, Selection

# Where a fact keeps the dimension of another name; the others have columns of their own name.
COLUMNS: Mapping[str, str] = {
    "advisor": "advisor_id",
    "basis": "cause_basis",
    "category": "category_id",
    "dealership": "dealership_id",
}
_UNITS = {Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}
Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """The facts, the parameters, and the dealerships that use the currency (None: all of them).

    `today` is the present day where the report runs, for telling periods that are not over yet.
    """

    table: Callable[[str], Table]
    params: ReportParams
    currency: str
    dealerships: tuple[int, ...] | None
    today: date

    @property
    def selection(self) -> Selection:
        """What is looked at."""
        return self.params.selection

    def fact(self, name: str, *, choices: bool = True) -> Table:
        """The fact's rows of these dealerships, with the chosen values unless told otherwise."""
        table = self.table(name)
        if self.dealerships is not None:
            table = table.filter(table.dealership_id.isin(self.dealerships))
        return self.chosen(table) if choices else table

    def chosen(self, table: Table) -> Table:
        """Rows with the chosen values; a value of None is a row without one."""
        return _where(table, self._is_chosen(table))

    def can_choose(self, name: str) -> bool:
        """Whether the fact has a column for every dimension that is restricted."""
        columns = self.table(name).columns
        return all(COLUMNS.get(choice, choice) in columns for choice in self.selection.choices)

    def within(self, table: Table, column: str = "business_day") -> Table:
        """Rows whose day lies in the window."""
        return _where(table, self._is_within(table, column))

    def selects(self, table: Table, column: str = "business_day") -> BooleanValue:
        """Whether a row's day lies in the window and it has the chosen values."""
        return ibis.and_(*self._is_within(table, column), *self._is_chosen(table))

    def _is_chosen(self, table: Table) -> list[BooleanValue]:
        choices = self.selection.choices.items()
        return [_is_one_of(table[COLUMNS.get(name, name)], values) for name, values in choices]

    def _is_within(self, table: Table, column: str) -> list[BooleanValue]:
        first, last = self.selection.first, self.selection.last
        begun = [] if first is None else [table[column] >= ibis.literal(first)]
        return begun if last is None else [*begun, table[column] <= ibis.literal(last)]

    def period_of(self, day: Column, month: Column | None = None) -> Column:
        """The first day of the period the day lies in; `month` is its month where a fact keeps that."""
        if month is not None and self.params.grain is Grain.MONTH:
            return month
        return day.truncate(_UNITS[self.params.grain])

    def drill(self, target: str, **filters: Any) -> Row:
        """The filters that select the rows behind a number; `filters` narrow the selection down."""
        parts = {"target": target, "currency": self.currency} | self.selection.as_dict()
        for name, value in filters.items():
            key = name.rstrip("_")
            parts[key] = NONE if value is None else value.isoformat() if isinstance(value, date) else value
        return parts


def _where(table: Table, conditions: list[BooleanValue]) -> Table:
    return table.filter(conditions) if conditions else table


def _is_one_of(column: Column, values: tuple[Any, ...]) -> BooleanValue:
    named = [value for value in values if value is not None]
    found = column.isin(named) if named else ibis.literal(False)
    return found | column.isnull() if None in values else found


def rows_of(table: Table) -> list[Row]:
    """The small result as plain rows."""
    rows: list[Row] = table.to_pyarrow().to_pylist()
    return rows
