"""A mapping as plain data: what the TOML file says, checked but not yet tied to any source file.

How it is read from TOML is in `loading`, how it is carried out in the `running` modules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from servicelost.intake.catalogue.fields import Field
from servicelost.intake.mapping.moments import StampNotation
from servicelost.intake.mapping.templates import Template


@dataclass(frozen=True)
class DealershipDefinition:
    """The dealership the data belongs to; created by the import if it is missing."""

    code: str
    name: str
    timezone: str
    currency: str
    country: str
    locale: str

    @property
    def zone(self) -> ZoneInfo:
        """The timezone in which the export's times are meant."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True)
class Formats:
    """How an input writes dates and numbers."""

    date: tuple[str, ...] = ("%Y-%m-%d",)
    time: tuple[str, ...] = ("%H:%M",)
    moment: tuple[str, ...] = ("%Y-%m-%d %H:%M",)
    decimal: str = "."
    thousands: str = ""


@dataclass(frozen=True)
class Test:
    """One test of a value: `kind` is the word used in the mapping."""

    name: str
    kind: str
    operand: str | Decimal | bool | tuple[str, ...]


Condition = tuple[Test, ...]


@dataclass(frozen=True)
class TextSpec:
    """A text put together from columns, translated by a map if there is one."""

    template: Template
    translations: Mapping[str, str | bool] | None = None
    unknown: str = "reject"
    otherwise: str | None = None
    default: str | None = None
    empty: tuple[str, ...] = ()
    split: str | None = None


@dataclass(frozen=True)
class MomentSpec:
    """A point in time: a date with a time of day, or both in one column."""

    date: str | None = None
    time: str | None = None
    moment: str | None = None


@dataclass(frozen=True)
class DaySpec:
    """A date column as YYYY-MM-DD."""

    column: str


@dataclass(frozen=True)
class StampsSpec:
    """The first or the last stamp in one or more columns of stamps."""

    columns: tuple[str, ...]
    pick: str = "first"


@dataclass(frozen=True)
class ExtremeSpec:
    """The earliest or the latest of several times; empty ones do not count."""

    names: tuple[str, ...]
    latest: bool


@dataclass(frozen=True)
class NthSpec:
    """The how-manieth row with these values it is: 1 for the first."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class DistinctSpec:
    """How many different values a column has among the rows that share some others."""

    name: str
    among: tuple[str, ...]


@dataclass(frozen=True)
class CountSpec:
    """How many rows of a belonging input meet a condition."""

    input: str
    when: Condition


ValueSpec = TextSpec | MomentSpec | DaySpec | StampsSpec | ExtremeSpec | NthSpec | DistinctSpec | CountSpec


@dataclass(frozen=True)
class BelongsTo:
    """The rows of this input are parts of rows of another one."""

    input: str
    key: Mapping[str, str]
    prefer: Condition = ()
    duplicates: str = "reject"


@dataclass(frozen=True)
class LooksUp:
    """Rows of this input can use the columns of one row of another."""

    input: str
    key: Mapping[str, str]
    prefer: Condition = ()
    duplicates: str = "reject"
    missing: str = "reject"


@dataclass(frozen=True)
class InputDefinition:
    """A kind of source file."""

    name: str
    files: tuple[str, ...]
    optional: bool
    encoding: str
    delimiter: str
    sheet: str | None
    header_row: int
    formats: Formats
    only: Condition
    values: Mapping[str, ValueSpec]
    belongs_to: BelongsTo | None
    looks_up: Sequence[LooksUp]
    columns: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Constant:
    """A value of the mapping itself."""

    value: str | bool | int


@dataclass(frozen=True)
class ObjectSpec:
    """A sub-object of an event: customer or vehicle."""

    entries: "Sequence[DataEntry]"


@dataclass(frozen=True)
class RowsSpec:
    """A list with one object for each row that belongs to this one."""

    input: str
    when: Condition
    each: ObjectSpec


@dataclass(frozen=True)
class DataEntry:
    """A field of the catalogue and where its value comes from."""

    field: Field
    spec: TextSpec | Constant | ObjectSpec | RowsSpec


@dataclass(frozen=True)
class ForEach:
    """One event for each stamp or each part of a text, known to the rule as `item` and `item_n`."""

    stamps: tuple[str, ...] = ()
    split: str | None = None
    by: str = ";"


@dataclass(frozen=True)
class EventRule:
    """Which event a row gives, and when; `rank` orders events of the same time."""

    rank: int
    input: str
    type: str
    id: Template
    at: str
    when: Condition
    actor: TextSpec | None
    for_each: ForEach | None
    data: ObjectSpec


@dataclass(frozen=True)
class CounterDefinition:
    """A named count over the rows of an input, with the sum of a column if one is named."""

    name: str
    input: str
    when: Condition
    sum: str | None


@dataclass(frozen=True)
class MappingDefinition:
    """A whole mapping file."""

    title: str
    source: str
    dealership: DealershipDefinition
    stamps: StampNotation
    inputs: Mapping[str, InputDefinition]
    events: Sequence[EventRule]
    counters: Sequence[CounterDefinition] = field(default_factory=tuple)

    def children_of(self, name: str) -> list[InputDefinition]:
        """The inputs whose rows belong to rows of this one."""
        return [one for one in self.inputs.values() if one.belongs_to and one.belongs_to.input == name]
