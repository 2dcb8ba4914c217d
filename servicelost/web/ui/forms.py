"""Reading what a form or an address holds, with the schemas the API reads JSON with.

What is wrong is said in the words of the form. Schemas stand in `web/schemas`.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.web.ui.refusals import field_label, field_words
from servicelost.web.ui.wording import joined


def read_form(schema: Schema, given: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as values; empty fields were not said. Raises InvalidInput naming every wrong field.

    What belongs to no field of the schema, such as the token of the form, is not looked at.
    """
    known = {field.data_key or name: field for name, field in schema.fields.items()}
    said = {
        name: _plain(known[name], text.strip())
        for name, text in given.items()
        if name in known and text.strip()
    }
    try:
        values: dict[str, Any] = schema.load(said)
    except ValidationError as error:
        problems = [
            FieldProblem(name, field_words(_sentence(texts))) for name, texts in _messages(error).items()
        ]
        told = "; ".join(joined(field_label(problem.field), problem.message) for problem in problems)
        raise InvalidInput("INVALID_FORM", told, errors=problems) from None
    return values


def _plain(field: fields.Field[Any], text: str) -> Any:
    """A browser sends every number as text; JSON would not."""
    whole = isinstance(field, fields.Integer) and text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if whole else text


def _messages(error: ValidationError) -> dict[str, Any]:
    return error.messages if isinstance(error.messages, dict) else {"form": error.messages}


def _sentence(texts: Any) -> str:
    return " ".join(map(str, texts if isinstance(texts, list) else [texts])).rstrip(".")
