"""From the description of an event type to a ready parser, and from a raw value to an `IntakeEvent`.

Parsers are compiled once per event type and terms of a dealership. Every problem of an event is
collected before it is refused. What an event does to the domain is not known here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from servicelost.intake.catalogue import values
from servicelost.intake.catalogue.codes import CAUSES
from servicelost.intake.catalogue.event import IntakeEvent
from servicelost.intake.catalogue.event_types import ENVELOPE, EVENT_TYPES
from servicelost.intake.catalogue.fields import Field, Kind
from servicelost.intake.catalogue.problems import PROBLEM_LIMIT, RefusedError, did_you_mean, refuse, shown
from servicelost.kernel.errors import FieldProblem, InvalidInput

LONGEST = {Kind.TEXT: 200, Kind.LONG_TEXT: 4000, Kind.ID: 120}
MOST_ITEMS = 1000
HIGHEST_MONEY = Decimal("9999999.99")
HIGHEST_DECIMAL = Decimal("999999.999")
HIGHEST_INTEGER = 2_000_000_000

Fields = tuple[Field, ...]
Alternatives = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Terms:
    """What a dealership adds to the catalogue: its currency's decimals and its own cause codes."""

    minor_digits: int = 2
    own_causes: frozenset[str] = frozenset()


_USUAL_TERMS = Terms()


def parse_event(raw: object, terms: Terms = _USUAL_TERMS) -> IntakeEvent:
    """The typed event; raises InvalidInput with every problem of its fields."""
    if not isinstance(raw, dict):
        raise _invalid(refuse(raw, "is not an event", "a JSON object with type, event_id, source, ..."))
    parser = _event_parser(_known_type(raw.get("type")), terms)
    try:
        return IntakeEvent(**parser(raw))
    except RefusedError as refused:
        raise _invalid(refused) from None


@lru_cache(maxsize=4096)
def _event_parser(type_name: str, terms: Terms) -> values.Reader:
    event_type = EVENT_TYPES[type_name]
    data = Field("data", Kind.OBJECT, "", required=True, fields=event_type.fields, one_of=event_type.one_of)
    return _object_reader((*ENVELOPE, data), (), terms)


def _known_type(name: object) -> str:
    if isinstance(name, str) and name in EVENT_TYPES:
        return name
    expected = did_you_mean(name, EVENT_TYPES, "a name of the event catalogue, such as line.declined")
    message = "is missing" if name is None else "is not an event type of the catalogue"
    raise _invalid(RefusedError(FieldProblem("type", message, shown(name), expected)))


def _invalid(refused: RefusedError) -> InvalidInput:
    problems = refused.problems[:PROBLEM_LIMIT]
    told = "; ".join(f"{problem.field} {problem.message}".strip() for problem in problems[:3])
    more = f" (and {len(refused.problems) - 3} more)" if len(refused.problems) > 3 else ""
    return InvalidInput("INVALID_EVENT", f"the event is not valid: {told}{more}", errors=problems)


def _reader(field: Field, terms: Terms) -> values.Reader:
    """The reader of one value of the field, list or not."""
    single = _READERS[field.kind](field, terms)
    return _list_reader(single) if field.many else single


def _object_reader(fields: Fields, one_of: Alternatives, terms: Terms) -> values.Reader:
    readers = {field.name: _reader(field, terms) for field in fields}
    required = frozenset(field.name for field in fields if field.required)

    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refuse(value, "is not an object", "an object with " + ", ".join(readers))
        parsed: dict[str, Any] = {}
        problems: list[FieldProblem] = []
        for name, item in value.items():
            try:
                if name not in readers:
                    problems.append(_unknown(name, item, readers))
                elif item is not None:
                    parsed[name] = readers[name](item)
            except RefusedError as refused:
                problems += refused.within(name)
        if problems or not required <= parsed.keys() or (one_of and _lacks_one(parsed, one_of)):
            raise RefusedError(*problems, *_missing(required, one_of, value))
        return parsed

    return read


def _unknown(name: object, item: object, known: Mapping[str, object]) -> FieldProblem:
    expected = did_you_mean(name, known, "one of " + ", ".join(known))
    return FieldProblem(shown(name), "is not a field here", shown(item), expected)


def _lacks_one(parsed: Mapping[str, object], one_of: Alternatives) -> bool:
    return any(parsed.keys().isdisjoint(group) for group in one_of)


def _missing(
    required: Iterable[str], one_of: Alternatives, value: Mapping[str, object]
) -> list[FieldProblem]:
    there = {name for name, item in value.items() if item is not None}
    absent = sorted(set(required) - there)
    problems = [FieldProblem(name, "is missing", None, "this field is required") for name in absent]
    for group in one_of:
        if there.isdisjoint(group):
            problems.append(FieldProblem(group[0], "is missing", None, "one of " + ", ".join(group)))
    return problems


def _list_reader(single: values.Reader) -> values.Reader:
    def read(value: object) -> list[Any]:
        if not isinstance(value, list):
            raise refuse(value, "is not a list", f"a list of at most {MOST_ITEMS} items")
        if len(value) > MOST_ITEMS:
            raise refuse(value, f"has {len(value)} items", f"at most {MOST_ITEMS} items")
        parsed: list[Any] = []
        problems: list[FieldProblem] = []
        for position, item in enumerate(value):
            try:
                parsed.append(single(item))
            except RefusedError as refused:
                problems += refused.within(f"[{position}]")
        if problems:
            raise RefusedError(*problems)
        return parsed

    return read


def _read_text(field: Field, _: Terms) -> values.Reader:
    longest = field.max_length or LONGEST[field.kind]
    return values.text_reader(longest, lines=field.kind is Kind.LONG_TEXT, alphabet=field.alphabet)


def _read_decimal(field: Field, terms: Terms) -> values.Reader:
    decimals = terms.minor_digits if field.kind is Kind.MONEY else 3
    highest = HIGHEST_MONEY if field.kind is Kind.MONEY else HIGHEST_DECIMAL
    return values.decimal_reader(decimals, Decimal(field.maximum or highest), positive=field.positive)


def _read_code(field: Field, _: Terms) -> values.Reader:
    return values.code_reader(field.codes)


def _read_cause(_: Field, terms: Terms) -> values.Reader:
    return values.code_reader((*CAUSES, *sorted(terms.own_causes)))


def _read_integer(field: Field, _: Terms) -> values.Reader:
    return values.integer_reader(field.minimum, int(field.maximum or HIGHEST_INTEGER))


def _read_object(field: Field, terms: Terms) -> values.Reader:
    return _object_reader(field.fields, field.one_of, terms)


_READERS: Mapping[Kind, Callable[[Field, Terms], values.Reader]] = {
    Kind.TEXT: _read_text,
    Kind.LONG_TEXT: _read_text,
    Kind.ID: _read_text,
    Kind.CODE: _read_code,
    Kind.CAUSE: _read_cause,
    Kind.MONEY: _read_decimal,
    Kind.DECIMAL: _read_decimal,
    Kind.INTEGER: _read_integer,
    Kind.BOOLEAN: lambda *_: values.read_boolean,
    Kind.DATE: lambda *_: values.read_date,
    Kind.DATETIME: lambda *_: values.read_moment,
    Kind.OBJECT: _read_object,
}
