"""Reading the body and the query of an API call strictly: unknown fields and unreadable JSON are refused.

Only form is checked here; what the values must be stands in the schemas.
"""

from http import HTTPStatus
from typing import Any

from flask import Request, request
from marshmallow import RAISE
from typing_extensions import override
from webargs.flaskparser import FlaskParser

from servicelost.intake.catalogue.ndjson import UnreadableLine, read_json
from servicelost.kernel.errors import FieldProblem
from servicelost.web.problems import StatusError

JSON = "application/json"


class JsonParser(FlaskParser):
    """webargs with our own JSON reader, which no document can bring down."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": RAISE, "query": RAISE}

    @override
    def load_json(self, req: Request, schema: Any) -> Any:
        """The JSON document of the request."""
        require_content_type(JSON)
        return read_body(req.get_data())


def require_content_type(*allowed: str) -> None:
    """Refuse a body of another content type (415)."""
    if request.mimetype not in allowed:
        sent = request.mimetype or "none"
        message = f"the content type is {sent}, expected {' or '.join(allowed)}"
        problem = FieldProblem("Content-Type", message, sent, " or ".join(allowed))
        raise StatusError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message, errors=[problem]
        )


def read_body(document: bytes) -> Any:
    """The JSON value of the body; raises StatusError (400) that says where it is not JSON."""
    value = read_json(document)
    if isinstance(value, UnreadableLine):
        message = f"the body {value.message}; expected {value.expected}"
        problem = FieldProblem("body", value.message, expected=value.expected)
        raise StatusError(HTTPStatus.BAD_REQUEST, "UNREADABLE_BODY", message, errors=[problem])
    return value
