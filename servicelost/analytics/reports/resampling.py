"""Bootstrap by visit: the engine sums each visit's money, the small result is drawn from again and again.

However large the lake, what leaves the engine is bounded: beyond `_UNITS` visits they are put into
that many buckets of independent visits, which estimate the same spread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Column, Table
from numpy.typing import NDArray

from servicelost.analytics.stats import Interval, draws, resampled_ratios

_UNITS = 4096


@dataclass(frozen=True)
class Cells:
    """Exact sums by unit (rows) and part (columns); `parts` are the values of the dimension."""

    parts: list[Any]
    sums: Mapping[str, NDArray[np.int64]]

    def total(self, name: str, place: int) -> int:
        """The sum of one part over all units."""
        return int(self.sums[name][:, place].sum())

    def ratios(self, below: str, *above: str) -> list[list[Interval | None]]:
        """For each of the sums `above` the intervals of its ratio to the one `below`, part by part."""
        return resampled_ratios(
            [self.sums[name].astype(float) for name in above], self.sums[below].astype(float)
        )

    def shares(self, name: str) -> list[Interval | None]:
        """For each part, the interval of its share of the sum of all parts."""
        return resampled_ratios([self.sums[name].astype(float)], self.joined().sums[name].astype(float))[0]

    def joined(self) -> "Cells":
        """All parts as one, whose value is None."""
        return Cells([None], {name: part.sum(axis=1, keepdims=True) for name, part in self.sums.items()})


def draw_ahead() -> None:
    """Draw once for all lakes with very many visits, so that no report in a forked child has to."""
    draws(_UNITS)


def unit_of(table: Table, unit: Column) -> Column:
    """The visit as a unit to draw, or its bucket where there are very many; asks the engine how many."""
    many = int(table.aggregate(units=unit.nunique()).to_pyarrow()["units"][0].as_py()) > _UNITS
    return unit.abs() % _UNITS if many else unit


def cells_of(table: Table, unit: Column, part: Column, sums: Mapping[str, Column]) -> Cells:
    """The sums of the named columns for each unit and part, in one query."""
    keyed = table.select(unit=unit, part=part, **sums)
    found = keyed.aggregate(
        {name: keyed[name].sum().cast("int64") for name in sums}, by=["unit", "part"]
    ).to_pyarrow()
    units, row = np.unique(found["unit"].to_numpy(), return_inverse=True)
    coded = found["part"].combine_chunks().dictionary_encode(null_encoding="encode")
    parts, column = coded.dictionary.to_pylist(), coded.indices.to_numpy()
    matrices = {}
    for name in sums:
        matrices[name] = np.zeros((len(units), len(parts)), dtype=np.int64)
        matrices[name][row, column] = found[name].fill_null(0).to_numpy()
    return Cells(parts, matrices)


def gross_share_intervals(table: Table, key: str) -> dict[Any, Interval | None]:
    """The interval of the share of lost gross of each value; a loss without visit is a unit of its own."""
    unit = unit_of(table, ibis.coalesce(table.visit_id, -table.opportunity_id))
    cells = cells_of(table, unit, table[key], {"gross": table.gross})
    return dict(zip(cells.parts, cells.shares("gross"), strict=True))
