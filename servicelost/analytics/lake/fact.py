"""What a fact of the lake is: a query of the database, the columns derived from it, what feeds it.

Which facts there are is said in `facts` and `desk_facts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select

from servicelost.kernel.db import Base

BUSINESS_DAY = "business_day"
MONTH = "month"


@dataclass(frozen=True)
class Parent:
    """Rows of another table that change rows of the fact: `ids` of the fact where `key` is one of theirs."""

    ids: Select[Any]
    key: ColumnElement[int]


@dataclass(frozen=True)
class Fact:
    """One table of the lake.

    `query` selects all of it; `key` is its `id` there. `days` are derived columns: the day, at the
    dealership, of the moment in another column; `months` the first days of the months that days lie in.
    `joined` codes that are often grouped by together stand in one column more, which is read and grouped
    several times faster. `measures` are summed when the lake is verified.
    Rows of an `append_only` fact never change once written and have no parents.
    """

    name: str
    table: str
    meaning: str
    query: Select[Any]
    measures: tuple[str, ...]
    days: Mapping[str, str] = field(default_factory=dict)
    months: Mapping[str, str] = field(default_factory=lambda: {MONTH: BUSINESS_DAY})
    joined: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parents: Mapping[str, Parent] = field(default_factory=dict)
    append_only: bool = False

    @property
    def key(self) -> ColumnElement[int]:
        """The id of the fact's row within the query."""
        return next(iter(self.query.selected_columns))


def columns_of(model: type[Base], names: str) -> list[ColumnElement[Any]]:
    """The model's columns of these names, which stand between spaces."""
    return [model.__table__.c[name] for name in names.split()]
