"""The catalogue as JSON Schema (the dialect of OpenAPI 3.1), for the published API description.

It describes what `parsing` accepts as far as a schema can; the parser is the law.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from servicelost.intake.catalogue.codes import CAUSES
from servicelost.intake.catalogue.event_types import ENVELOPE, EVENT_TYPES, example_event
from servicelost.intake.catalogue.fields import Field, Kind
from servicelost.intake.catalogue.parsing import HIGHEST_INTEGER, LONGEST, MOST_ITEMS

Schema = dict[str, Any]


def event_schema(name: str) -> Schema:
    """The schema of a whole event of this type, envelope included."""
    event_type = EVENT_TYPES[name]
    schema = _object(ENVELOPE, ())
    schema["properties"]["type"] = {"const": name}
    schema["properties"]["data"] = _object(event_type.fields, event_type.one_of)
    schema["required"].append("data")
    return {"title": name, "description": event_type.help, **schema, "examples": [example_event(name)]}


def event_schemas() -> dict[str, Schema]:
    """The schemas of all event types by name."""
    return {name: event_schema(name) for name in EVENT_TYPES}


def _object(fields: Iterable[Field], one_of: tuple[tuple[str, ...], ...]) -> Schema:
    properties = {field.name: _field(field) for field in fields}
    required = [field.name for field in fields if field.required]
    schema: Schema = {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False,
    }  # fmt: skip
    if one_of:
        schema["allOf"] = [{"anyOf": [{"required": [name]} for name in group]} for group in one_of]
    return schema


def _field(field: Field) -> Schema:
    single = _single(field)
    if field.many:
        single = {"type": "array", "items": single, "maxItems": MOST_ITEMS}
    return {**single, "description": field.help}


def _single(field: Field) -> Schema:
    match field.kind:
        case Kind.OBJECT:
            return _object(field.fields, field.one_of)
        case Kind.CODE:
            return {"type": "string", "enum": list(field.codes)}
        case Kind.CAUSE:
            return {"type": "string", "examples": list(CAUSES)}
        case Kind.BOOLEAN:
            return {"type": "boolean"}
        case Kind.INTEGER:
            highest = int(field.maximum or HIGHEST_INTEGER)
            return {"type": "integer", "minimum": field.minimum, "maximum": highest}
        case Kind.DATE:
            return {"type": "string", "format": "date"}
        case Kind.DATETIME:
            return {"type": "string", "format": "date-time"}
        case Kind.MONEY | Kind.DECIMAL:
            return _decimal(field)
        case Kind.TEXT | Kind.LONG_TEXT | Kind.ID:
            return {"type": "string", "minLength": 1, "maxLength": field.max_length or LONGEST[field.kind]}


def _decimal(field: Field) -> Schema:
    decimals = 2 if field.kind is Kind.MONEY else 3
    example = f"{Decimal(1):.{decimals}f}"
    return {"type": "string", "pattern": rf"^[0-9]+(\.[0-9]{{1,{decimals}}})?$", "examples": [example]}
