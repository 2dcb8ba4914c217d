"""How rows are found: a lookup names a model and the columns of its key.

Lookups are declared once beside their model. Loading and caching are the book's work.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, select, tuple_

from servicelost.kernel.db import Base

R = TypeVar("R", bound=Base)
Key = tuple[Any, ...]


class Lookup(Generic[R]):
    """Rows of `model` by the values of `columns`, which must never change once written.

    `many` lookups give lists. `parent` is the model whose id is the single key column: for a
    parent made in the same plan, the book then knows that the database has no rows to ask for.
    """

    of_model: ClassVar[dict[type[Base], list["Lookup[Any]"]]] = defaultdict(list)
    of_parent: ClassVar[dict[type[Base], list["Lookup[Any]"]]] = defaultdict(list)

    def __init__(
        self, model: type[R], *columns: str, many: bool = False, parent: type[Base] | None = None
    ) -> None:
        self.model = model
        self.columns = columns
        self.many = many
        self._attributes = [getattr(model, column) for column in columns]
        self._one_key: Select[Any] | None = None
        Lookup.of_model[model].append(self)
        if parent is not None:
            Lookup.of_parent[parent].append(self)

    def key_of(self, row: R) -> Key:
        """The row's key in this lookup."""
        values = row.__dict__
        return tuple([values.get(column) for column in self.columns])

    def query(self, keys: Sequence[Key]) -> tuple[Select[Any], dict[str, Any]]:
        """One SELECT of all columns for all these keys, in order of their ids, and its parameters."""
        if len(keys) == 1:
            return self._query_of_one(), dict(zip(self._names, keys[0], strict=True))
        table = self.model.__table__
        return select(table).where(self._matches(keys)).order_by(table.c.id), {}

    @property
    def _names(self) -> list[str]:
        return [f"key_{column}" for column in self.columns]

    def _query_of_one(self) -> Select[Any]:
        """The SELECT for a single key, built once: it is by far the most frequent one."""
        if self._one_key is None:
            table = self.model.__table__
            pairs = zip(self._attributes, self._names, strict=True)
            self._one_key = (
                select(table)
                .where(*(column == bindparam(name) for column, name in pairs))
                .order_by(table.c.id)
            )
        return self._one_key

    def _matches(self, keys: Sequence[Key]) -> ColumnElement[bool]:
        if len(self.columns) == 1:
            return self._attributes[0].in_([key[0] for key in keys])  # type: ignore[no-any-return]
        return tuple_(*self._attributes).in_(keys)
