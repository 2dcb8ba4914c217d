"""Bootstrap by visit: the engine sums each visit's money, the small result is drawn from again and again.

However large the lake, what leaves the engine is bounded: beyond `_UNITS` visits they are put into
that many buckets of independent visits, which estimate the same spread.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import numpy as np
from ibis.expr.types import Column, Table
from numpy.typing import NDArray

from servicelost.analytics.reports.question import Row, rows_of
from servicelost.analytics.stats import Interval, resampled_ratios

_UNITS = 4096


def gross_share_intervals(table: Table, key: str) -> dict[Any, Interval | None]:
    """For each value of the key, the interval of its share of lost gross; a loss without visit is one unit."""
    unit = ibis.coalesce(table.visit_id, -table.opportunity_id)
    cells = _cells(table, unit, table[key], {"above": table.lost - table.taken_back})
    parts, (above,) = _matrices(cells, ["above"])
    below = np.repeat(above.sum(axis=1, keepdims=True), len(parts), axis=1)
    return dict(zip(parts, resampled_ratios(above, below), strict=True))


def ratio_intervals(
    table: Table, part: Column, above: Mapping[str, Column], below: Column
) -> dict[Any, dict[str, Interval | None]]:
    """For each value of `part`, the intervals of the named ratios; the table has a `visit_id`.

    `above` are the numerators, `below` the denominator that they share.
    """
    cells = _cells(table, table.visit_id, part, {**above, "below": below})
    parts, (under, *over) = _matrices(cells, ["below", *above])
    found = {name: resampled_ratios(sums, under) for name, sums in zip(above, over, strict=True)}
    return {value: {name: found[name][place] for name in above} for place, value in enumerate(parts)}


def _cells(table: Table, unit: Column, part: Column, sums: Mapping[str, Column]) -> list[Row]:
    keyed = table.select(unit=unit, part=part, **sums)
    if int(keyed.unit.nunique().to_pyarrow().as_py()) > _UNITS:
        keyed = keyed.mutate(unit=keyed.unit.abs() % _UNITS)
    return rows_of(keyed.aggregate({name: keyed[name].sum() for name in sums}, by=["unit", "part"]))


def _matrices(cells: Sequence[Row], names: Sequence[str]) -> tuple[list[Any], list[NDArray[np.float64]]]:
    """The parts in the order of the columns, and for each name a row a unit and a column a part."""
    units = {value: place for place, value in enumerate(sorted({cell["unit"] for cell in cells}))}
    parts = {value: place for place, value in enumerate(dict.fromkeys(cell["part"] for cell in cells))}
    matrices = [np.zeros((len(units), len(parts))) for _ in names]
    for cell in cells:
        for name, matrix in zip(names, matrices, strict=True):
            matrix[units[cell["unit"]], parts[cell["part"]]] = cell[name] or 0
    return list(parts), matrices
