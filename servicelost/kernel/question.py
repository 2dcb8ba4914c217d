"""A query of named values that is written once, with SQLAlchemy, and asked straight of the driver ever after.

For what is asked with every decision: writing the same statement anew costs more than its answer. One that
is asked now and then needs none of this.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.types import TypeEngine

from servicelost.kernel.driver import Convert, Record


@dataclass(frozen=True, eq=False)
class Question:
    """A statement with a `bindparam` for each value it is asked with."""

    statement: Select[Any]

    def written(self, dialect: Dialect) -> "Written":
        """The question in the words of this database."""
        return _written(self, dialect)


@dataclass(frozen=True)
class Written:
    """The statement in the words of one database, with what its types do to values on both ways.

    `order` names the parameters of a driver that takes them by place.
    """

    text: str
    constant: Mapping[str, Any]
    order: tuple[str, ...] | None
    to_driver: Mapping[str, Convert]
    from_driver: tuple[tuple[int, Convert], ...]
    answer: Any

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """What the driver wants beside the text."""
        sent = {**self.constant, **values}
        for name, convert in self.to_driver.items():
            sent[name] = convert(sent[name])
        return sent if self.order is None else [sent[name] for name in self.order]

    def told(self, records: Sequence[Record]) -> list[Any]:
        """The rows that came back, as tuples with the columns' names."""
        return [self._told(record) for record in records]

    def _told(self, record: Record) -> Any:
        told = list(record)
        for place, convert in self.from_driver:
            told[place] = convert(told[place])
        return self.answer._make(told)


@lru_cache(maxsize=64)
def _written(question: Question, dialect: Dialect) -> Written:
    compiled = question.statement.compile(dialect=dialect)
    sent = {
        bound.key: _implemented(bound.type, dialect).bind_processor(dialect)
        for bound in compiled.binds.values()
    }
    columns = question.statement.selected_columns
    told = [_implemented(column.type, dialect).result_processor(dialect, None) for column in columns]
    return Written(
        text=str(compiled),
        constant=compiled.params,
        order=None if compiled.positiontup is None else tuple(compiled.positiontup),
        to_driver={name: convert for name, convert in sent.items() if convert is not None},
        from_driver=tuple((place, convert) for place, convert in enumerate(told) if convert is not None),
        answer=namedtuple("Answer", [str(column.key) for column in columns]),
    )


def _implemented(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return type_.dialect_impl(dialect)
