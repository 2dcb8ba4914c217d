"""Sums over asks of parts for each value of a dimension, and whether a rate of them says anything.

Which tables are made of them is the report's own business.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from operator import add
from typing import Any

from ibis.expr.types import Table

from servicelost.analytics.document import Rate
from servicelost.analytics.reports.question import COLUMNS, Question, Row, rows_of
from servicelost.analytics.reports.sums import share_of_count, share_of_money
from servicelost.analytics.specs.parts_demand import HINTS


@dataclass(frozen=True)
class PartSums:
    """Counts of requests, minor units, thousandths of a quantity, and costs in thousandths of those units."""

    sold: int = 0
    emergency: int = 0
    lost: int = 0
    gross: int = 0
    parts_value: int = 0
    milli: int = 0
    sold_cost: int = 0
    lost_cost: int = 0
    costed: int = 0

    def __add__(self, other: "PartSums") -> "PartSums":
        """Both together."""
        return PartSums(*map(add, astuple(self), astuple(other)))

    @property
    def demand(self) -> int:
        """True demand in requests."""
        return self.sold + self.lost

    @property
    def fill_rate(self) -> Rate:
        """The share of the demand that the stock met."""
        return share_of_count(self.demand - self.emergency - self.lost, self.demand)

    @property
    def lost_sales_pct(self) -> Rate:
        """Lost of sold, both at cost, over the requests that say their cost."""
        return share_of_money(self.lost_cost, self.sold_cost, self.costed)

    def row(self, *, rated: bool) -> Row:
        """The numbers under the keys of their measures; without `rated` no fill rate."""
        return {
            "demand": self.demand,
            "part_sales": self.sold,
            "emergency": self.emergency,
            "parts_lost": self.lost,
            "fill_rate": self.fill_rate if rated else None,
            "parts_gross": self.gross,
            "parts_value": self.parts_value,
            "quantity": self.milli / 1000,
        }


@dataclass(frozen=True)
class PartCells:
    """Sums by all the keys at once, from which those by fewer keys follow."""

    keys: tuple[str, ...]
    sums: Mapping[tuple[Any, ...], PartSums]

    def by(self, *keys: str) -> dict[tuple[Any, ...], PartSums]:
        """The sums for each combination of these keys that there is."""
        places = [self.keys.index(key) for key in keys]
        found: dict[tuple[Any, ...], PartSums] = {}
        for values, part in self.sums.items():
            key = tuple(values[place] for place in places)
            found[key] = found[key] + part if key in found else part
        return found

    def total(self) -> PartSums:
        """The sums of all."""
        return self.by().get((), PartSums())


def part_cells(question: Question, table: Table, *keys: str) -> PartCells:
    """The asks summed by the keys, which are dimensions or ``period``; they are read once."""
    columns = {key: _key(question, table, key) for key in keys}
    keyed = table.select(
        **columns, **{name: name for name in _SUMMED},
        costed=(table.sold_cost.notnull() | table.lost_cost.notnull()).ifelse(table.sold + table.lost, 0),
    )  # fmt: skip
    sums = {name: keyed[name].sum().fill_null(0).cast("int64") for name in (*_SUMMED, "costed")}
    found = rows_of(keyed.aggregate(**sums, by=list(keys)))
    return PartCells(
        keys,
        {
            tuple(row[key] for key in keys): PartSums(**{name: int(row[name]) for name in sums})
            for row in found
        },
    )


def why_no_rate(by_dealership: Mapping[tuple[Any, ...], PartSums]) -> str | None:
    """The reason why no fill rate can be given; None where every dealership that lost some also sold some."""
    if not any(part.sold for part in by_dealership.values()):
        return HINTS["no_sales"]
    missing = any(part.lost and not part.sold for part in by_dealership.values())
    return HINTS["some_without"] if missing else None


def _key(question: Question, table: Table, key: str) -> Any:
    if key == "period":
        return question.period_of(table.day, table.month)
    return table[COLUMNS.get(key, key)]


_SUMMED = tuple(field.name for field in fields(PartSums) if field.name != "costed")
