"""From any error to what the caller is told: one table of HTTP statuses, one shape.

Errors are raised by code in the domain and translated once, here; how the answer looks (JSON or a page) is
said by `errors` and the pages.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from werkzeug.exceptions import HTTPException

from servicelost.kernel.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    IllegalMove,
    InvalidInput,
    NotFound,
    NotYet,
    RuleViolation,
    ServiceLostError,
    Unavailable,
)
from servicelost.kernel.outages import outage_of
from servicelost.web.current import current_request_id
from servicelost.web.identity import NotSignedIn

log = logging.getLogger(__name__)

# The first class that fits decides.
_STATUS: tuple[tuple[type[ServiceLostError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (IllegalMove, HTTPStatus.CONFLICT),
    (NotYet, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RuleViolation, HTTPStatus.UNPROCESSABLE_ENTITY),
)


@dataclass(frozen=True)
class Problem:
    """What went wrong, as it is told to the caller."""

    code: str
    status: HTTPStatus
    message: str
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    current: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The one shape of every error of the API; `current` only where somebody else was faster."""
        told = {
            "code": self.code,
            "status": int(self.status),
            "message": self.message,
            "errors": self.errors,
            "request_id": current_request_id(),
        }
        return told if self.current is None else {**told, "current": self.current}


class ChangedMeanwhile(Conflict):
    """Somebody else changed what this was about; `current` is how it stands now, for the caller to see."""

    def __init__(self, told: Conflict, current: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(told.code, told.message, errors=told.errors)
        self.current, self.headers = dict(current), dict(headers)


class StatusError(ServiceLostError):
    """A refusal that only exists on the web, with its own HTTP status and headers."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        message: str,
        *,
        errors: list[FieldProblem] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, message, errors=errors or ())
        self.status = status
        self.headers = dict(headers or {})


def describe(error: BaseException) -> Problem:
    """What the caller is told of this error; an unexpected one is logged and not shown."""
    if isinstance(error, HTTPException):
        # Flask wraps what nobody caught; the wrapped error knows more.
        cause = getattr(error, "original_exception", None)
        return describe(cause) if cause is not None else _of_http(error)
    if (outage := outage_of(error)) is not None:
        return _of_outage(outage)
    if isinstance(error, ServiceLostError):
        return _of_domain(error)
    request_id = current_request_id()
    log.error("request %s failed", request_id, exc_info=error)
    message = f"something went wrong on our side and nothing was changed; the log knows it as {request_id}"
    return Problem("INTERNAL", HTTPStatus.INTERNAL_SERVER_ERROR, message)


def _of_outage(outage: Unavailable) -> Problem:
    # No trace: nothing of ours has failed, and during an outage the log would hold nothing else.
    log.warning("request %s was not served: %s", current_request_id(), outage)
    headers = {"Retry-After": str(outage.retry_after)}
    return Problem(outage.code, HTTPStatus.SERVICE_UNAVAILABLE, outage.message, headers=headers)


def _of_domain(error: ServiceLostError) -> Problem:
    if isinstance(error, StatusError):
        return Problem(error.code, error.status, error.message, error.details(), error.headers)
    if isinstance(error, ChangedMeanwhile):
        status = HTTPStatus.CONFLICT
        return Problem(error.code, status, error.message, error.details(), error.headers, error.current)
    default = HTTPStatus.INTERNAL_SERVER_ERROR
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), default)
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request %s failed: %s", current_request_id(), error, exc_info=error)
    return Problem(error.code, status, error.message, error.details(), headers)


def _of_http(error: HTTPException) -> Problem:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    message = error.description or status.phrase
    sent: Mapping[str, Any] = getattr(error, "data", None) or {}
    errors = [dict(problem.as_dict()) for problem in _flat(sent.get("messages", {}))]
    if errors:
        message = "; ".join(f"{entry['field']}: {entry['message']}" for entry in errors[:3])
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return Problem(status.name, status, message, list(errors), headers)


def _flat(messages: Any, path: str = "") -> Iterator[FieldProblem]:
    """marshmallow's nested messages as one list, without the part of the request at the top."""
    if isinstance(messages, dict):
        for name, inner in messages.items():
            at_top = not path and name in ("json", "query", "headers", "form", "json_or_form")
            place = "" if at_top or name == "_schema" else str(name)
            yield from _flat(inner, f"{path}.{place}".strip("."))
    elif isinstance(messages, list):
        yield from (FieldProblem(path or "body", str(message)) for message in messages)
    else:
        yield FieldProblem(path or "body", str(messages))
