"""Moving an appointment on behalf of a page: load, compare versions, call the one verb.

What was sent has passed its schema in `schemas/appointments`; every rule is the workflow's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from servicelost.directory.causes import resolve_cause
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput
from servicelost.taxonomy.parties import Party
from servicelost.web.sight import get_visible
from servicelost.workflow import appointments
from servicelost.workflow.appointment_undo import take_back_move
from servicelost.workflow.history import entries_of_appointment
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.reason import Reason

Sent = Mapping[str, Any]


def arrive(book: Book, row_id: int, version: int | None, _sent: Sent) -> None:
    """The car is here."""
    appointments.arrive(book, _load(book, row_id, version), at=book.now)


def miss(book: Book, row_id: int, version: int | None, _sent: Sent) -> None:
    """The customer did not come. Raises RuleViolation before the appointment's time."""
    appointments.mark_no_show(book, _load(book, row_id, version), at=book.now)


def cancel(book: Book, row_id: int, version: int | None, sent: Sent) -> None:
    """Somebody called it off. Raises InvalidInput when it is not said who."""
    appointment = _load(book, row_id, version)
    reason = _reason(book, book.get(Dealership, appointment.dealership_id), sent)
    appointments.cancel_appointment(book, appointment, at=book.now, reason=reason)


def reschedule(book: Book, row_id: int, version: int | None, sent: Sent) -> None:
    """It gets a new time. Raises InvalidInput for one that has passed, or none."""
    appointment = _load(book, row_id, version)
    zone = ZoneInfo(book.get(Dealership, appointment.dealership_id).timezone)
    typed: datetime | None = sent.get("scheduled_at") or sent.get("proposed")
    to = None if typed is None else typed.replace(tzinfo=zone).astimezone(UTC)
    if to is None or to <= book.now:
        message = "choose a day and time that lie ahead"
        value = None if typed is None else typed.isoformat()
        raise InvalidInput("TIME_NEEDED", message, errors=[FieldProblem("scheduled_at", message, value)])
    appointments.reschedule_appointment(book, appointment, at=book.now, scheduled_at=to)


def undo(book: Book, row_id: int, _version: int | None, _sent: Sent) -> None:
    """The last tap was a wrong one. Raises RuleViolation when it is too late."""
    take_back_move(book, _load(book, row_id, None))


def _load(book: Book, row_id: int, version: int | None) -> Appointment:
    appointment = get_visible(book, Appointment, row_id)
    if version is not None and version != appointment.version:
        raise _changed_meanwhile(book, appointment)
    return appointment


def _changed_meanwhile(book: Book, appointment: Appointment) -> Conflict:
    last = entries_of_appointment(book, appointment)[-1]
    problems = [
        FieldProblem("state", "is now this", appointment.state),
        FieldProblem("changed_by", f"did {last.action}", last.actor),
        FieldProblem("changed_at", "is when", last.recorded_at.isoformat()),
    ]
    message = (
        f"the appointment was changed meanwhile: {last.action} by {last.actor}; it is {appointment.state} now"
    )
    return Conflict("STALE", message, errors=problems)


def _reason(book: Book, dealership: Dealership, sent: Sent) -> Reason:
    who, _, code = str(sent.get("why") or "").partition(":")
    by = sent.get("cancelled_by") or (Party(who) if who in set(Party) else None)
    cause = resolve_cause(book, dealership, code) if code else None
    own = cause.own if cause else None
    return Reason(
        cause=cause.standard if cause else None,
        custom_cause_id=own.id if own else None,
        custom_cause=own.code if own else None,
        note=sent.get("note") or None,
        cancelled_by=by,
    )
