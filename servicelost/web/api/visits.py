"""Reading visits and deciding about their lines."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from flask import request

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem
from servicelost.web import deciding
from servicelost.web.api.blueprint import endpoint
from servicelost.web.api.shapes import line_shape, visit_shape
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.problems import ChangedMeanwhile, StatusError
from servicelost.web.schemas.decisions import AuthorizeSchema, DeclineSchema, DeferSchema
from servicelost.web.schemas.visits import LineSchema, VisitSchema
from servicelost.web.sight import get_visible
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

Answer = tuple[dict[str, Any], dict[str, str]]
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The line's ETag (its version), so that nobody decides about what he has not seen.",
}
_DECISION: dict[str, Any] = {
    "tag": "visits",
    "answer": LineSchema,
    "doc": {"parameters": [_IF_MATCH]},
    "refusals": {HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_REQUIRED},
}


@endpoint("GET", "/visits/<int:visit_id>", Action.READ_VISITS, tag="visits", answer=VisitSchema)
def get_visit(visit_id: int) -> dict[str, Any]:
    """Show a visit with its lines"""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return visit_shape(book, get_visible(book, Visit, visit_id))


@endpoint("GET", "/lines/<int:line_id>", Action.READ_VISITS, tag="visits", answer=LineSchema)
def get_line(line_id: int) -> Answer:
    """Show one line of a visit"""
    return _line_now(line_id)


@endpoint("POST", "/lines/<int:line_id>/decline", Action.DECIDE_LINES, body=DeclineSchema, **_DECISION)
def decline_line(body: dict[str, Any], line_id: int) -> Answer:
    """Record that the customer said no

    What is lost by it, when and why, is written in the same transaction, or nothing is.
    """
    return _decide(deciding.decline, line_id, body)


@endpoint("POST", "/lines/<int:line_id>/defer", Action.DECIDE_LINES, body=DeferSchema, **_DECISION)
def defer_line(body: dict[str, Any], line_id: int) -> Answer:
    """Record that the customer said not now

    Until a day or an odometer reading; work that nobody came back to becomes a loss after it.
    """
    return _decide(deciding.defer, line_id, body)


@endpoint("POST", "/lines/<int:line_id>/authorize", Action.DECIDE_LINES, body=AuthorizeSchema, **_DECISION)
def authorize_line(body: dict[str, Any], line_id: int) -> Answer:
    """Record that the customer agreed"""
    return _decide(deciding.authorize, line_id, body)


def _decide(
    verb: Callable[[Book, int, int | None, deciding.Sent], Line], line_id: int, body: dict[str, Any]
) -> Answer:
    version = _expected_version()

    def decide(book: Book) -> tuple[Line, dict[str, Any]]:
        line = verb(book, line_id, version, body)
        return line, line_shape(book, line)

    try:
        # Repeating is safe: whoever changed the line itself is found by its version each time.
        line, shape = current_runtime().repeated(current_actor(), decide)
    except Conflict as conflict:
        if conflict.code != "STALE":
            raise
        newest, tag = _line_now(line_id)
        raise ChangedMeanwhile(conflict, LineSchema().dump(newest), tag) from conflict
    # Versions are counted when the plan is written.
    return {**shape, "version": line.version}, _tag(line)


def _line_now(line_id: int) -> Answer:
    with current_runtime().unit(current_actor(), reading=True) as book:
        line = get_visible(book, Line, line_id)
        return line_shape(book, line), _tag(line)


def _tag(line: Line) -> dict[str, str]:
    return {"ETag": f'"{line.version}"'}


def _expected_version() -> int | None:
    """The version in If-Match; None for `*`, whatever it is. Raises StatusError when there is none."""
    sent = request.headers.get("If-Match", "").strip()
    if sent == "*":
        return None
    version = sent.strip('"')
    if version.isascii() and version.isdigit() and len(version) < 10:
        return int(version)
    expected = 'the ETag of the line, such as "3", or *'
    message = f"If-Match is {sent!r}" if sent else "If-Match is missing"
    problem = FieldProblem("If-Match", message, sent[:80] or None, expected)
    status = HTTPStatus.BAD_REQUEST if sent else HTTPStatus.PRECONDITION_REQUIRED
    raise StatusError(status, "IF_MATCH", f"{message}; expected {expected}", errors=[problem])
