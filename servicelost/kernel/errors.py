"""The errors the house raises, each with a stable code that interfaces translate once.

Only classes and their data live here: no HTTP status, no wording for a page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One thing wrong with one field, said so that a person can put it right."""

    field: str
    message: str
    value: str | None = None
    expected: str | None = None

    def as_dict(self) -> dict[str, str]:
        """The problem as JSON-able text, without the parts that are not known."""
        parts = {"field": self.field, "message": self.message, "value": self.value, "expected": self.expected}
        return {key: text for key, text in parts.items() if text is not None}


class ServiceLostError(Exception):
    """Anything the house refuses; `code` is stable, `message` is for people."""

    def __init__(self, code: str, message: str, *, errors: Sequence[FieldProblem] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.errors = tuple(errors)

    def details(self) -> list[Mapping[str, Any]]:
        """The field problems as JSON-able mappings."""
        return [problem.as_dict() for problem in self.errors]


class InvalidInput(ServiceLostError):
    """What was sent cannot be understood: wrong type, format, range or unknown field."""


class NotFound(ServiceLostError):
    """The thing named does not exist, or not for this actor."""


class Forbidden(ServiceLostError):
    """The actor's role or dealerships do not allow this."""


class Conflict(ServiceLostError):
    """What was sent contradicts what is known, such as one id with two contents."""


class StaleRow(Conflict):
    """Somebody else changed the row since it was read; read again and retry."""

    def __init__(self, table: str, row_id: int) -> None:
        super().__init__(
            "STALE", f"{table} {row_id} was changed by somebody else meanwhile: read it again and retry"
        )
        self.table = table
        self.row_id = row_id


class RuleViolation(ServiceLostError):
    """A rule of the trade forbids this; the message names what would be allowed."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        value: str | None = None,
        expected: str | None = None,
    ) -> None:
        problems = (FieldProblem(field, message, value, expected),) if field else ()
        super().__init__(code, message, errors=problems)


class IllegalMove(RuleViolation):
    """A state machine does not know this action in this state."""

    def __init__(self, thing: str, state: str, action: str, legal: Sequence[str]) -> None:
        allowed = ", ".join(sorted(legal)) or "nothing (final state)"
        super().__init__(
            "ILLEGAL_MOVE", f"{thing} is {state}: {action} is not possible, possible are: {allowed}",
            field="action", value=action, expected=allowed,
        )  # fmt: skip
        self.thing, self.state, self.action, self.legal = thing, state, action, tuple(legal)


class Unavailable(ServiceLostError):
    """Something we depend on does not work at the moment; the same request may succeed later.

    `retry_after` says in how many seconds. `reason` is for logs and the command line only: it may name hosts.
    """

    def __init__(self, code: str, message: str, *, retry_after: int = 5, reason: str = "") -> None:
        super().__init__(code, message)
        self.retry_after = retry_after
        self.reason = reason

    def __str__(self) -> str:
        """The message with its reason, in one line."""
        return f"{self.message} ({self.reason})" if self.reason else self.message


class NotYet(ServiceLostError):
    """The fact came before the one it builds on; it may be parked and tried again.

    `waits_for` names the missing thing, for example ``visit:RO-17``.
    """

    def __init__(self, waits_for: str, message: str) -> None:
        super().__init__("NOT_YET", message)
        self.waits_for = waits_for
