"""A row together with the rows it leads to, read with one query instead of one after the other.

A trail is declared by whoever knows that all of it will be asked for; only speed depends on it. It
follows at most one row from each, so that a trail is always one record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from servicelost.kernel.db import Base
from servicelost.kernel.driver import Driver
from servicelost.kernel.lookup import Lookup
from servicelost.kernel.reading import columns_of, values_of


@dataclass(frozen=True)
class Step:
    """From a model already on the trail to another row: `key` is the column there that says which.

    By `lookup` where the other row names this one, else by the other row's own id.
    """

    origin: type[Base]
    key: str
    model: type[Base]
    lookup: Lookup[Any] | None = None


@dataclass(frozen=True, eq=False)
class Trail:
    """Where to start, and the steps from there in order; each model is on a trail once."""

    start: type[Base]
    steps: tuple[Step, ...]

    def follow(self, driver: Driver, row_id: int) -> Iterator[tuple[Step | None, dict[str, Any] | None]]:
        """The values of each row by its step, None where there is none; nothing without the first row."""
        [records] = driver.rows_of_each([(_statement(self, driver.mark), (row_id,))])
        for record in records:
            place = 0
            for step in (None, *self.steps):
                table = (step.model if step else self.start).__table__
                part = record[place : place + len(table.columns)]
                place += len(part)
                there = any(value is not None for value in part)
                yield step, next(values_of(driver, table, [part])) if there else None


@lru_cache(maxsize=64)
def _statement(trail: Trail, mark: str) -> str:
    names = {trail.start: "t0"}
    joins = ""
    for number, step in enumerate(trail.steps, 1):
        names[step.model] = f"t{number}"
        column = step.lookup.columns[0] if step.lookup else "id"
        joins += f' LEFT JOIN "{step.model.__tablename__}" AS t{number}'
        joins += f' ON t{number}."{column}" = {names[step.origin]}."{step.key}"'
    columns = ", ".join(columns_of(model.__table__, name) for model, name in names.items())
    return f'SELECT {columns} FROM "{trail.start.__tablename__}" AS t0{joins} WHERE t0.id = {mark}'  # noqa: S608 - our own names
