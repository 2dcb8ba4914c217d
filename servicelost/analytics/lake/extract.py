"""Rows of the operational database as Arrow tables: all of a fact, or those with some ids.

Values go from the driver straight into columns, past SQLAlchemy's own conversions, and never more
than a batch of rows is held. Nothing is written here, neither to the database nor to the lake.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Connection, Select, select, type_coerce
from sqlalchemy.types import NullType

from servicelost.analytics.lake import columns
from servicelost.analytics.lake.columns import ARROW, BUSINESS_DAY, MONTH, Kind
from servicelost.analytics.lake.days import local_days, months
from servicelost.analytics.lake.facts import Fact
from servicelost.directory.models import Dealership

_BATCH = 50_000
_IDS_PER_QUERY = 1000


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
        names = None if only is None else {*only, "id", "dealership_id"}
        yield from self._batches(fact, _raw(fact, names).order_by(fact.key))

    def rows(self, fact: Fact, ids: Collection[int]) -> Iterator[pa.Table]:
        """The rows with these ids as they are now; ids without a row give none."""
        ordered = sorted(ids)
        for start in range(0, len(ordered), _IDS_PER_QUERY):
            chunk = ordered[start : start + _IDS_PER_QUERY]
            yield from self._batches(fact, _raw(fact).where(fact.key.in_(chunk)))

    def _batches(self, fact: Fact, query: Select[Any]) -> Iterator[pa.Table]:
        result = self._connection.execute(query, execution_options={"stream_results": True})
        names = list(result.keys())
        for rows in result.partitions(_BATCH):
            yield self._table(fact, names, list(zip(*rows, strict=True)))

    def _table(self, fact: Fact, names: list[str], values: list[tuple[Any, ...]]) -> pa.Table:
        kinds = columns.queried(fact.name)
        arrays = {name: _array(kinds[name], found) for name, found in zip(names, values, strict=True)}
        for day, moment in fact.days.items():
            if moment in arrays:
                arrays[day] = local_days(arrays[moment], arrays["dealership_id"], self._zones)
        arrays[MONTH] = months(arrays[BUSINESS_DAY])
        return pa.table(arrays)


def _raw(fact: Fact, names: set[str] | None = None) -> Select[Any]:
    """The fact's query, or these columns and the business day of it, giving what the driver gives."""
    needed = None if names is None else names | {BUSINESS_DAY, fact.days.get(BUSINESS_DAY, BUSINESS_DAY)}
    kept = [column for column in fact.query.selected_columns if needed is None or column.name in needed]
    plain = [type_coerce(column, NullType()).label(column.name) for column in kept]
    query: Select[Any] = fact.query.with_only_columns(*plain, maintain_column_froms=True)
    return query


def _array(kind: Kind, values: tuple[Any, ...]) -> pa.Array:
    """A column of what a driver gives: SQLite knows neither days, moments nor flags."""
    if kind is Kind.FLAG:
        return pa.array([None if value is None else bool(value) for value in values], pa.bool_())
    if kind in (Kind.DAY, Kind.MOMENT) and any(isinstance(value, str) for value in values):
        texts = pa.array(values, pa.string())
        return (
            texts.cast(pa.timestamp("us")).cast(ARROW[kind])
            if kind is Kind.MOMENT
            else texts.cast(ARROW[kind])
        )
    return pa.array(values, ARROW[kind])
