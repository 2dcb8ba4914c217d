"""Rows of the operational database as Arrow tables: all of a fact, or those with some ids.

Values go from the driver straight into columns, past SQLAlchemy's own conversions, and never more
than a batch of rows is held. Nothing is written here, neither to the database nor to the lake.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, Select, select, type_coerce
from sqlalchemy.types import NullType

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.columns import ARROW, Kind
from servicelost.analytics.lake.copying import can_copy, copied
from servicelost.analytics.lake.days import local_days
from servicelost.analytics.lake.fact import BUSINESS_DAY, Fact
from servicelost.analytics.lake.portions import portions
from servicelost.directory.models import Dealership

_BATCH = 50_000


class Extract:
    """Reads facts over one connection, which stands in one snapshot of the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._zones: Mapping[int, ZoneInfo] = {
            row_id: ZoneInfo(zone)
            for row_id, zone in connection.execute(select(Dealership.id, Dealership.timezone))
        }

    def everything(self, fact: Fact, only: Collection[str] | None = None) -> Iterator[pa.Table]:
        """All rows in batches, or `only` these columns of them with what days and months need."""
        kinds = columns.queried(fact.name)
        if only is not None:
            day = fact.days.get(BUSINESS_DAY, BUSINESS_DAY)
            kinds = {
                name: kind for name, kind in kinds.items() if name in {"id", "dealership_id", day, *only}
            }
        query = _raw(fact, kinds).order_by(fact.key)
        read = copied if can_copy(self._connection) else _fetched
        for table in read(self._connection, query, kinds, _BATCH):
            yield self._with_days(fact, table)

    def rows(self, fact: Fact, ids: Collection[int]) -> Iterator[pa.Table]:
        """The rows with these ids as they are now; ids without a row give none."""
        kinds = columns.queried(fact.name)
        query = _raw(fact, kinds)
        for portion in portions(ids):
            for table in _fetched(self._connection, query.where(fact.key.in_(portion)), kinds, _BATCH):
                yield self._with_days(fact, table)

    def _with_days(self, fact: Fact, table: pa.Table) -> pa.Table:
        arrays = {name: table[name].combine_chunks() for name in table.column_names}
        for day, moment in fact.days.items():
            if moment in arrays:
                arrays[day] = local_days(arrays[moment], arrays["dealership_id"], self._zones)
        return pa.table(arrays | columns.derived(fact.name, arrays))


def _raw(fact: Fact, names: Collection[str]) -> Select[Any]:
    """These columns of the fact's query, giving what the driver gives."""
    plain = [
        type_coerce(column, NullType()).label(column.name)
        for column in fact.query.selected_columns
        if column.name in names
    ]
    return cast("Select[Any]", fact.query.with_only_columns(*plain, maintain_column_froms=True))


def _fetched(
    connection: Connection, query: Select[Any], kinds: Mapping[str, Kind], batch: int
) -> Iterator[pa.Table]:
    result = connection.execute(query, execution_options={"yield_per": batch})
    for rows in result.partitions():
        values = zip(*rows, strict=True)
        yield pa.table(
            {name: _array(kind, found) for (name, kind), found in zip(kinds.items(), values, strict=True)}
        )


def _array(kind: Kind, values: tuple[Any, ...]) -> pa.Array:
    """A column of what a driver gives: SQLite knows neither days, moments nor flags."""
    if kind is Kind.FLAG:
        return pa.array([None if value is None else bool(value) for value in values], pa.bool_())
    if kind in (Kind.DAY, Kind.MOMENT):
        known = next((value for value in values if value is not None), None)
        if isinstance(known, str):
            texts = pa.array(values, pa.string())
            return (texts.cast(pa.timestamp("us")) if kind is Kind.MOMENT else texts).cast(ARROW[kind])
    return pa.array(values, ARROW[kind])
