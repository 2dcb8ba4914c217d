"""Reading the value language of a mapping: conditions, computed values, the data of an event.

Inputs, rules and the file as a whole are read in `loading`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from servicelost.intake.catalogue.fields import Field, Kind
from servicelost.intake.catalogue.problems import did_you_mean
from servicelost.intake.mapping.definition import (
    Condition,
    Constant,
    CountSpec,
    DataEntry,
    DaySpec,
    DistinctSpec,
    ExtremeSpec,
    MomentSpec,
    NthSpec,
    ObjectSpec,
    RowsSpec,
    StampsSpec,
    Test,
    TextSpec,
    ValueSpec,
)
from servicelost.intake.mapping.tables import Table
from servicelost.intake.mapping.templates import Template, parse_template

UNKNOWN_WORDS = ("reject", "leave out", "keep")
_TESTS = ("not", "empty", "above", "below", "equals", "same_as", "differs_from", "before", "after")


def read_template(table: Table, key: str, text: str) -> Template:
    """The template written under the key."""
    return table.checked(key, text, parse_template)


def read_condition(table: Table, key: str) -> Condition:
    """The tests under the key, all of which must hold; none if the key is missing."""
    tests: list[Test] = []
    source = table.table(key)
    for name, wanted in source.content.items():
        source.asked.add(name)
        if isinstance(wanted, str):
            tests.append(Test(name, "is", (wanted,)))
        elif isinstance(wanted, list):
            tests.append(Test(name, "is", source.texts(name)))
        elif isinstance(wanted, dict):
            tests += _read_tests(source.table(name), name)
        else:
            source.refuse(
                "is not a test", key=name, value=wanted, expected='a text, such as "sold", or a table'
            )
    return tuple(tests)


def read_value(table: Table, key: str) -> ValueSpec:
    """A computed value: a template, or a table whose first word says what it is."""
    raw = table.take(key, object)
    if isinstance(raw, str):
        return TextSpec(read_template(table, key, raw))
    spec = table.table(key)
    for word, read in _VALUE_READERS.items():
        if word in spec.content:
            value = read(spec)
            spec.done()
            return value
    return spec.refuse("says not what it is", expected="one of " + ", ".join(_VALUE_READERS))


def read_text_spec(table: Table, key: str) -> TextSpec:
    """A template, or a table with a template and what to do with its value."""
    raw = table.take(key, object)
    if isinstance(raw, str):
        return TextSpec(read_template(table, key, raw))
    return _read_options(table.table(key))


def read_object(table: Table, fields: tuple[Field, ...]) -> ObjectSpec:
    """The fields of an event or a sub-object, each with the source of its value."""
    known = {field.name: field for field in fields}
    entries: list[DataEntry] = []
    for name in table.content:
        if name not in known:
            expected = did_you_mean(name, known, "one of " + ", ".join(known))
            table.refuse("is not a field of this event", key=name, expected=expected)
        entries.append(DataEntry(known[name], _read_entry(table, known[name])))
    missing = [field.name for field in fields if field.required and field.name not in table.content]
    if missing:
        table.refuse(f"lacks the required {', '.join(missing)}")
    return ObjectSpec(entries)


def _read_entry(table: Table, field: Field) -> TextSpec | Constant | ObjectSpec | RowsSpec:
    raw = table.take(field.name, object)
    if isinstance(raw, bool | int):
        return Constant(raw)
    if field.kind is not Kind.OBJECT:
        return read_text_spec(table, field.name)
    spec = table.table(field.name)
    if not field.many:
        return read_object(spec, field.fields)
    each = read_object(spec.table("each"), field.fields)
    rows = RowsSpec(
        spec.take("rows", str, expected="the input whose rows are listed"), read_condition(spec, "when"), each
    )
    spec.done()
    return rows


def _read_options(spec: Table) -> TextSpec:
    template = read_template(spec, "value", spec.take("value", str, expected="a template"))
    translations = _read_translations(spec)
    unknown = spec.choice("unknown", UNKNOWN_WORDS, "reject")
    text = TextSpec(
        template,
        translations,
        unknown,
        spec.optional("otherwise", str),
        spec.optional("default", str),
        spec.texts("empty", ("",)),
        spec.optional("split", str),
    )
    if translations is None and (text.otherwise is not None or "unknown" in spec.content):
        spec.refuse("says what to do with unknown values, but has no map")
    spec.done()
    return text


def _read_translations(spec: Table) -> Mapping[str, str | bool] | None:
    raw = spec.optional("map", dict)
    if raw is None:
        return None
    folded: dict[str, str | bool] = {}
    for text, meaning in raw.items():
        if not isinstance(meaning, str | bool):
            spec.refuse("is not a text or true/false", key=f"map.{text}", value=meaning)
        if text.casefold() in folded:
            spec.refuse("is translated twice (capital letters make no difference)", key=f"map.{text}")
        folded[text.casefold()] = meaning
    return folded


def _read_tests(spec: Table, name: str) -> list[Test]:
    tests: list[Test] = []
    for kind in spec.content:
        if kind == "not":
            tests.append(Test(name, kind, spec.texts(kind)))
        elif kind == "empty":
            tests.append(Test(name, kind, spec.take(kind, bool)))
        elif kind in ("above", "below", "equals"):
            tests.append(Test(name, kind, _read_number(spec, kind)))
        elif kind in _TESTS:
            tests.append(Test(name, kind, spec.take(kind, str, expected="the name of a column or value")))
    spec.asked.update(_TESTS)
    spec.done()
    return tests


def _read_number(spec: Table, key: str) -> Decimal:
    raw: Any = spec.take(key, object)
    try:
        number = (
            Decimal(str(raw)) if isinstance(raw, str | int | float) and not isinstance(raw, bool) else None
        )
    except InvalidOperation:
        number = None
    return number if number is not None else spec.refuse("is not a number", key=key, value=raw)


def _read_moment(spec: Table) -> ValueSpec:
    return MomentSpec(
        spec.take("date", str), spec.take("time", str, expected='a column, or a time such as "08:00"')
    )


_VALUE_READERS: Mapping[str, Callable[[Table], ValueSpec]] = {
    "value": _read_options,
    "date": _read_moment,
    "moment": lambda spec: MomentSpec(moment=spec.take("moment", str)),
    "day": lambda spec: DaySpec(spec.take("day", str)),
    "stamps": lambda spec: StampsSpec(spec.texts("stamps"), spec.choice("pick", ("first", "last"), "first")),
    "earliest": lambda spec: ExtremeSpec(spec.texts("earliest"), latest=False),
    "latest": lambda spec: ExtremeSpec(spec.texts("latest"), latest=True),
    "nth": lambda spec: NthSpec(spec.texts("nth")),
    "distinct": lambda spec: DistinctSpec(spec.take("distinct", str), spec.texts("among")),
    "rows": lambda spec: CountSpec(spec.take("rows", str), read_condition(spec, "when")),
}
