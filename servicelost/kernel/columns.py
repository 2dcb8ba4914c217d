"""Tables from typed models: `Mapped[...]` annotations in SQLAlchemy's own words, without its ORM.

A model's class attributes are the columns of its table and its instances are plain data, so mapping classes
would cost every start and give nothing. What a type of ours looks like in a database stands in `db`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import get_annotations
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, Union, get_args, get_origin, overload

from sqlalchemy import Column, MetaData, Table
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine, to_instance

T = TypeVar("T")


class Mapped(Generic[T]):
    """The column when asked of the model; of a row, Python finds the value in the row itself first."""

    __slots__ = ("_column",)

    def __init__(self, column: Column[T]) -> None:
        self._column = column

    @overload
    def __get__(self, row: None, model: Any) -> Column[T]: ...
    @overload
    def __get__(self, row: object, model: Any) -> T: ...
    def __get__(self, row: object, model: type) -> Any:
        """The column; raises AttributeError for a row that was made without a value."""
        if row is None:
            return self._column
        raise AttributeError(f"this {model.__name__} has no {self._column.key} yet")

    if TYPE_CHECKING:
        # Not there at run time: a row's values must stay in its own dictionary.
        def __set__(self, row: object, value: T) -> None: ...


@dataclass(frozen=True, eq=False)
class ColumnSpec:
    """What is said of a column besides its annotation; `kind` is its type in the database."""

    kind: TypeEngine[Any] | None = None
    items: tuple[SchemaItem, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


def mapped_column(*items: Any, **options: Any) -> Any:
    """A type, a foreign key, a default and so on, as SQLAlchemy's `Column` takes them."""
    kinds = [to_instance(item) for item in items if not isinstance(item, SchemaItem)]
    others = tuple(item for item in items if isinstance(item, SchemaItem))
    return ColumnSpec(kinds[0] if kinds else None, others, options)


_NOTHING_SAID = ColumnSpec()


def declare_table(model: type, metadata: MetaData, kinds: Mapping[Any, TypeEngine[Any]]) -> Table:
    """Make the table of a model and put its columns in the place of the annotations.

    Reads `__tablename__`, `__table_args__` and the `Mapped` annotations of the model's bases and of its own.
    `kinds` are the types of a database for those of Python; raises TypeError for one that is not among them.
    """
    columns = [_column(model, name, annotation, kinds) for name, annotation in _annotations(model)]
    further = getattr(model, "__table_args__", ())
    table = Table(model.__tablename__, metadata, *columns, *further)  # type: ignore[attr-defined]
    for column in columns:
        setattr(model, column.key, Mapped(column))
    return table


def _annotations(model: type) -> Iterator[tuple[str, Any]]:
    for known in reversed(model.__mro__):
        for name, annotation in get_annotations(known).items():
            origin: Any = get_origin(annotation)
            if origin is Mapped:
                yield name, get_args(annotation)[0]


def _column(model: type, name: str, annotation: Any, kinds: Mapping[Any, TypeEngine[Any]]) -> Column[Any]:
    python, nullable, alias = _read(annotation)
    own: ColumnSpec = model.__dict__.get(name, _NOTHING_SAID)
    kind = own.kind or alias.kind or kinds.get(python)
    if kind is None:
        raise TypeError(f"{model.__name__}.{name}: no type of a database is known for {python}")
    options = {"nullable": nullable, **alias.options, **own.options}
    return Column(name, kind, *alias.items, *own.items, **options)


def _read(annotation: Any) -> tuple[Any, bool, ColumnSpec]:
    """The type in Python, whether None is one of its values, and what an alias says of the column."""
    nullable = get_origin(annotation) is UnionType or get_origin(annotation) is Union
    if nullable:
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    if get_origin(annotation) is Annotated:
        python, said = get_args(annotation)
        return python, nullable, said
    return annotation, nullable, _NOTHING_SAID
