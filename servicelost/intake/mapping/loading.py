"""Reading a mapping file: TOML in, a checked `MappingDefinition` out, or an error that names the line.

The value language is read in `spec_loading`, names are checked in `names`; no source file is opened.
"""

import re
import tomllib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from servicelost.intake.catalogue import EVENT_TYPES
from servicelost.intake.catalogue.problems import did_you_mean
from servicelost.intake.mapping.definition import (
    BelongsTo,
    CounterDefinition,
    DealershipDefinition,
    EventRule,
    ForEach,
    Formats,
    InputDefinition,
    LooksUp,
    MappingDefinition,
)
from servicelost.intake.mapping.moments import StampNotation
from servicelost.intake.mapping.names import check_names
from servicelost.intake.mapping.spec_loading import (
    read_condition,
    read_object,
    read_template,
    read_text_spec,
    read_value,
)
from servicelost.intake.mapping.tables import Document, Table
from servicelost.kernel.errors import InvalidInput

LANGUAGE_VERSION = 1
# The TOML reader takes the square of the length of a dotted key: such lines are refused before it sees them.
_LARGEST = 300_000
_LONGEST_LINE = 2_000
_DUPLICATES = ("reject", "first", "last")
_PROBE = datetime(2026, 11, 23, 13, 45)


def load_mapping(path: Path) -> MappingDefinition:
    """The mapping in the file; raises InvalidInput that names the line and what was expected."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "INVALID_MAPPING", f"the mapping {path} cannot be read: {error.strerror}"
        ) from None
    return parse_mapping(content, path.name)


def parse_mapping(content: bytes, name: str = "mapping") -> MappingDefinition:
    """The mapping in the text of a TOML file."""
    if len(content) > _LARGEST:
        raise InvalidInput("INVALID_MAPPING", f"{name} is larger than {_LARGEST} bytes")
    try:
        text = content.decode("utf-8-sig")
        _refuse_long_lines(text, name)
        parsed = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # not TOML, not UTF-8, or a number of thousands of digits
        raise InvalidInput("INVALID_MAPPING", f"{name} is not TOML in UTF-8: {error}") from None
    return _read_mapping(Table(Document(name, text), (), parsed))


def _refuse_long_lines(text: str, name: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > _LONGEST_LINE:
            message = f"{name} line {number} is longer than {_LONGEST_LINE} characters"
            raise InvalidInput("INVALID_MAPPING", message)


def _read_mapping(root: Table) -> MappingDefinition:
    version = root.take("mapping", int, expected=f"mapping = {LANGUAGE_VERSION}, the version of the language")
    if version != LANGUAGE_VERSION:
        root.refuse("is not a version this program knows", key="mapping", value=version, expected="1")
    formats = _read_formats(root.table("formats"), Formats())
    definition = MappingDefinition(
        title=root.take("title", str, ""),
        source=root.take("source", str, expected="a name for the exporting system"),
        dealership=_read_dealership(root.table("dealership")),
        stamps=_read_stamps(root.table("stamps")),
        inputs=_read_inputs(root.table("inputs"), formats),
        events=[_read_rule(rank, table) for rank, table in enumerate(root.tables("events"))],
        counters=[_read_counter(table) for table in root.tables("counts")],
    )
    root.done()
    if not definition.events:
        root.refuse("has no [[events]]: nothing would come out of it")
    columns = check_names(definition, root.document)
    inputs = {name: replace(one, columns=columns[name]) for name, one in definition.inputs.items()}
    return replace(definition, inputs=inputs)


def _read_dealership(table: Table) -> DealershipDefinition:
    timezone = table.take("timezone", str, expected='such as "Europe/Madrid"')
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        table.refuse(
            "is not a known timezone", key="timezone", value=timezone, expected='such as "Europe/Madrid"'
        )
    currency = table.take("currency", str, expected="an ISO 4217 code such as EUR")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        table.refuse("is not a currency code", key="currency", value=currency, expected="such as EUR or USD")
    code = table.take("code", str)
    dealership = DealershipDefinition(
        code, table.take("name", str, code), timezone, currency,
        table.take("country", str, expected="an ISO 3166 code such as ES"),
        table.take("locale", str, "en"),
    )  # fmt: skip
    table.done()
    return dealership


def _read_formats(table: Table, base: Formats) -> Formats:
    formats = Formats(
        _read_strptime(table, "date", base.date),
        _read_strptime(table, "time", base.time),
        _read_strptime(table, "moment", base.moment),
        table.take("decimal", str, base.decimal),
        table.take("thousands", str, base.thousands),
    )
    if len(formats.decimal) != 1 or len(formats.thousands) > 1 or formats.decimal == formats.thousands:
        table.refuse("needs one decimal sign and another thousands sign, or none", expected='"," and "."')
    table.done()
    return formats


def _read_strptime(table: Table, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    formats = table.texts(key, default)
    for form in formats:
        try:
            datetime.strptime(_PROBE.strftime(form), form)
        except (ValueError, re.error):  # of a part that is named twice Python makes a pattern that is none
            table.refuse("is not a date and time format", key=key, value=form, expected='such as "%d.%m.%Y"')
    return formats


def _read_stamps(table: Table) -> StampNotation:
    usual = StampNotation()
    notation = StampNotation(
        table.take("yes", str, usual.yes), table.texts("no", usual.no),
        table.take("between", str, usual.between), table.take("parts", str, usual.parts),
        _read_strptime(table, "date", (usual.date,))[0], _read_strptime(table, "time", (usual.time,))[0],
    )  # fmt: skip
    if not notation.between or not notation.parts:
        table.refuse("needs signs between stamps and between date and time")
    table.done()
    return notation


def _read_inputs(table: Table, formats: Formats) -> dict[str, InputDefinition]:
    inputs = {}
    for name in table.content:
        inputs[name] = _read_input(name, table.table(name), formats)
    if not inputs:
        table.refuse("names no input", expected="[inputs.orders] with files = ...")
    return inputs


def _read_input(name: str, table: Table, formats: Formats) -> InputDefinition:
    values = table.table("values")
    definition = InputDefinition(
        name=name,
        files=table.texts("files", ("*",)),
        optional=table.take("optional", bool, False),
        encoding=table.take("encoding", str, "auto"),
        delimiter=table.take("delimiter", str, "auto"),
        sheet=table.optional("sheet", str),
        header_row=table.take("header_row", int, 1),
        formats=_read_formats(table.table("formats"), formats),
        only=read_condition(table, "only"),
        values={key: read_value(values, key) for key in values.content},
        belongs_to=_read_belongs_to(table),
        looks_up=[_read_lookup(one) for one in table.tables("looks_up")],
    )
    table.done()
    if definition.header_row < 1:
        table.refuse("counts from 1", key="header_row", value=definition.header_row)
    if definition.delimiter != "auto" and (len(definition.delimiter) != 1 or definition.delimiter in '\r\n"'):
        table.refuse("is not one sign", key="delimiter", value=definition.delimiter, expected='such as ";"')
    return definition


def _read_belongs_to(table: Table) -> BelongsTo | None:
    if "belongs_to" not in table.content:
        table.asked.add("belongs_to")
        return None
    spec = table.table("belongs_to")
    belongs_to = BelongsTo(
        spec.take("input", str), _read_key(spec), read_condition(spec, "prefer"),
        spec.choice("duplicates", _DUPLICATES, "reject"),
    )  # fmt: skip
    spec.done()
    return belongs_to


def _read_lookup(spec: Table) -> LooksUp:
    lookup = LooksUp(
        spec.take("input", str), _read_key(spec), read_condition(spec, "prefer"),
        spec.choice("duplicates", _DUPLICATES, "reject"),
        spec.choice("missing", ("reject", "leave out"), "reject"),
    )  # fmt: skip
    spec.done()
    return lookup


def _read_key(spec: Table) -> dict[str, str]:
    key = spec.take("key", dict, expected='{ "own column" = "column of the other input" }')
    if not key or not all(isinstance(other, str) for other in key.values()):
        spec.refuse("needs at least one pair of columns", key="key", value=key)
    return {str(own): str(other) for own, other in key.items()}


def _read_rule(rank: int, table: Table) -> EventRule:
    name = table.take("type", str, expected="a name of the event catalogue")
    if name not in EVENT_TYPES:
        expected = did_you_mean(name, EVENT_TYPES, "a name of the event catalogue")
        table.refuse("is not an event type", key="type", value=name, expected=expected)
    rule = EventRule(
        rank=rank,
        input=table.take("from", str, expected="the input whose rows give this event"),
        type=name,
        id=read_template(
            table, "id", table.take("id", str, expected="what makes the event unique in its type")
        ),
        at=table.take("at", str, expected="a computed time, or a column with date and time"),
        when=read_condition(table, "when"),
        actor=read_text_spec(table, "actor") if "actor" in table.content else None,
        for_each=_read_for_each(table.table("for_each")) if "for_each" in table.content else None,
        data=read_object(table.table("data"), EVENT_TYPES[name].fields),
    )
    table.asked.update(("actor", "for_each"))
    table.done()
    return rule


def _read_for_each(spec: Table) -> ForEach:
    if "stamps" in spec.content:
        for_each = ForEach(stamps=spec.texts("stamps"))
    else:
        for_each = ForEach(split=spec.take("split", str), by=spec.take("by", str, ";"))
    spec.asked.update(("stamps", "split", "by"))
    spec.done()
    return for_each


def _read_counter(table: Table) -> CounterDefinition:
    counter = CounterDefinition(
        table.take("name", str), table.take("of", str, expected="an input"), read_condition(table, "when"),
        table.optional("sum", str),
    )  # fmt: skip
    table.done()
    return counter
