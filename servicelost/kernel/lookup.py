"""How rows are found: a lookup names a model and the columns of its key.

Lookups are declared once beside their model. Loading and caching are the book's work.
"""

from collections import defaultdict
from typing import Any, ClassVar, Generic, TypeVar

from servicelost.kernel.db import Base
from servicelost.kernel.reading import Key

R = TypeVar("R", bound=Base)


class Lookup(Generic[R]):
    """Rows of `model` by the values of `columns`, which must never change once written.

    Rows of a `movable` lookup may change theirs, by the book's `refile`.
    `many` lookups give lists. `parent` is the model whose id is the single key column: for a
    parent made in the same plan, the book then knows that the database has no rows to ask for.
    """

    of_model: ClassVar[dict[type[Base], list["Lookup[Any]"]]] = defaultdict(list)
    of_parent: ClassVar[dict[type[Base], list["Lookup[Any]"]]] = defaultdict(list)

    def __init__(
        self, model: type[R], *columns: str, many: bool = False, parent: type[Base] | None = None,
        movable: bool = False,
    ) -> None:  # fmt: skip
        self.model = model
        self.columns = columns
        self.many = many
        self.movable = movable
        Lookup.of_model[model].append(self)
        if parent is not None:
            Lookup.of_parent[parent].append(self)

    def key_of(self, row: R) -> Key:
        """The row's key in this lookup."""
        values = row.__dict__
        return tuple([values[column] for column in self.columns])
