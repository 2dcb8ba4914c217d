"""What became of each event that was sent, in words a sender can act on."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from servicelost.kernel.errors import ServiceLostError


class Outcome(StrEnum):
    """What became of an event.

    UNCHANGED: it was taken in before. PARKED: it waits for a fact it builds on, and will be tried
    again when that comes. REJECTED: nothing was done; put right, it may be sent again.
    """

    ACCEPTED = "ACCEPTED"
    UNCHANGED = "UNCHANGED"
    PARKED = "PARKED"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class EventResult:
    """The outcome of one event; `index` is its place in what was sent, from 0."""

    index: int
    outcome: Outcome
    event_id: str | None = None
    code: str | None = None
    message: str | None = None
    errors: tuple[dict[str, Any], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The result as JSON-able mapping, without what is empty."""
        parts = {
            "index": self.index,
            "outcome": self.outcome.value,
            "event_id": self.event_id,
            "code": self.code,
            "message": self.message,
            "errors": [dict(error) for error in self.errors],
        }
        return {key: value for key, value in parts.items() if value not in (None, [])}


def rejected(index: int, event_id: str | None, error: ServiceLostError) -> EventResult:
    """The result of an event that was refused, with all that is wrong with it."""
    problems = tuple(dict(problem) for problem in error.details())
    return EventResult(index, Outcome.REJECTED, event_id, error.code, error.message, problems)
