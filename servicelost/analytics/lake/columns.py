"""The columns of a fact's files: names and Arrow types, taken from the fact's query.

Only the mapping of types; values are converted where they are read.
"""

from enum import StrEnum
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Boolean, Date, Integer
from sqlalchemy.types import TypeEngine

from servicelost.analytics.lake.days import months
from servicelost.analytics.lake.facts import FACTS
from servicelost.kernel.db import UtcDateTime

NUMBER = "lake_number"
JOINT = "|"


class Kind(StrEnum):
    """What a column holds."""

    INTEGER = "integer"
    CODE = "code"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"


ARROW: dict[Kind, pa.DataType] = {
    Kind.INTEGER: pa.int64(),
    Kind.CODE: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.DAY: pa.date32(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
}


@cache
def queried(fact: str) -> dict[str, Kind]:
    """The columns the fact's query gives, in its order."""
    return {column.name: _kind(column.type) for column in FACTS[fact].query.selected_columns}


@cache
def schema(fact: str) -> pa.Schema:
    """All columns of the fact's files: queried, derived days and months, and the lake's own number."""
    kinds = queried(fact) | dict.fromkeys([*FACTS[fact].days, *FACTS[fact].months], Kind.DAY)
    kinds |= dict.fromkeys(FACTS[fact].joined, Kind.CODE)
    fields = [pa.field(name, ARROW[kind]) for name, kind in kinds.items()]
    return pa.schema([*fields, pa.field(NUMBER, pa.int64())])


def derived(fact: str, arrays: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """The months and joined codes that follow from these columns, as far as those are there."""
    found = {month: months(arrays[day]) for month, day in FACTS[fact].months.items() if day in arrays}
    for name, parts in FACTS[fact].joined.items():
        if all(part in arrays for part in parts):
            texts = [arrays[part].fill_null("") for part in parts]
            found[name] = pc.binary_join_element_wise(*texts, JOINT)
    return found


def signature(fact: str) -> list[str]:
    """The columns as text: a lake whose files have others must be rebuilt."""
    return [f"{field.name} {field.type}" for field in schema(fact)]


def _kind(type_: TypeEngine[object]) -> Kind:
    if isinstance(type_, UtcDateTime):
        return Kind.MOMENT
    if isinstance(type_, Date):
        return Kind.DAY
    if isinstance(type_, Boolean):
        return Kind.FLAG
    return Kind.INTEGER if isinstance(type_, Integer) else Kind.CODE
