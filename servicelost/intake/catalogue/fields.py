"""What an event type is made of: fields of a few kinds, some required, some nested.

Pure description, read by the parser, the JSON Schema and the documentation alike. Which event
types exist is said in the `*_events` modules; how a value is read, in `values`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """The kinds of value a field can hold."""

    TEXT = "text"
    LONG_TEXT = "long text"
    ID = "id"
    CODE = "code"
    CAUSE = "cause"
    MONEY = "money"
    DECIMAL = "decimal"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    OBJECT = "object"


@dataclass(frozen=True)
class Field:
    """One named value; `many` makes it a list, `positive` forbids zero."""

    name: str
    kind: Kind
    help: str
    required: bool = False
    many: bool = False
    codes: tuple[str, ...] = ()
    max_length: int | None = None
    alphabet: str | None = None
    minimum: int = 0
    maximum: Decimal | int | None = None
    positive: bool = False
    fields: tuple["Field", ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class EventType:
    """One entry of the catalogue; of each group in `one_of` at least one field must be there."""

    name: str
    help: str
    fields: tuple[Field, ...]
    example: Mapping[str, Any]
    one_of: tuple[tuple[str, ...], ...] = ()
