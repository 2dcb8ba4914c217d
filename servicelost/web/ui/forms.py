"""Reading what a form or an address holds, with marshmallow, and saying plainly what is wrong with it.

The schemas stand beside the views that use them or in `form_schemas`.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from servicelost.kernel.errors import FieldProblem, InvalidInput


class Form(Schema):
    """A form of a page; what was left empty was not said, and what belongs to no field is not looked at."""


def read_form(schema: Form, given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as values; raises InvalidInput that names every field in its own words."""
    known = {field.data_key or name for name, field in schema.fields.items()}
    said = {name: text.strip() for name, text in given.items() if text.strip() and name in known}
    try:
        values: dict[str, Any] = schema.load(said)
    except ValidationError as error:
        problems = [_problem(schema, name, texts) for name, texts in _messages(error).items()]
        told = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise InvalidInput("INVALID_FORM", told, errors=problems) from None
    return values


def _messages(error: ValidationError) -> dict[str, list[str]]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"form": messages}


def _problem(schema: Form, name: str, texts: list[str]) -> FieldProblem:
    field = schema.fields.get(name)
    label = field.metadata.get("label", name) if field is not None else name
    return FieldProblem(label, " ".join(texts).removesuffix("."))
