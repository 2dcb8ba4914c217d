"""Taking back the last move of an appointment within a minute: a wrong tap, put right by a move of its own.

Only a person's own arrival, no-show or cancellation; what it did to the money is taken back by the listeners.
"""

from datetime import datetime, timedelta

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.workflow.facts import AppointmentTakenBack
from servicelost.workflow.history import entries_of_appointment
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.log import ENTRIES_OF_LINE, STAGES_OF_VISIT, StageEntry
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import (
    ENDED,
    AppointmentAction,
    AppointmentState,
    LineAction,
    VisitAction,
)
from servicelost.workflow.transitions import shift_visit, unshift_appointment, unshift_line

UNDO_FOR = timedelta(seconds=60)
_CAN_BE_UNDONE = frozenset(
    {AppointmentAction.ARRIVE, AppointmentAction.MARK_NO_SHOW, AppointmentAction.CANCEL}
)


def undoable_move(book: Book, appointment: Appointment) -> StageEntry | None:
    """The last move, if the book's actor made it within a minute and nothing has built on it."""
    entries = entries_of_appointment(book, appointment)
    if not entries:
        return None
    last = entries[-1]
    fresh = last.actor == book.actor.name and book.now - last.recorded_at <= UNDO_FOR
    if not fresh or last.action not in _CAN_BE_UNDONE or last.from_state in (None, last.to_state):
        return None
    since = [entry for entry in book.many(STAGES_OF_VISIT, appointment.visit_id) if entry.id > last.id]
    return last if all(entry.action == VisitAction.CANCEL for entry in since) else None


def take_back_move(book: Book, appointment: Appointment) -> Appointment:
    """Bring the appointment, its visit and its lines back to where they were before the last move.

    Raises RuleViolation NOT_UNDOABLE when a minute has passed, somebody else acted, or more has happened.
    """
    entry = undoable_move(book, appointment)
    if entry is None:
        message = "this can not be taken back any more: a minute has passed, or more has happened since"
        raise RuleViolation("NOT_UNDOABLE", message)
    visit = book.get(Visit, appointment.visit_id)
    if visit.state in ENDED:
        _revive(book, visit, entry)
    before = unshift_appointment(book, appointment, entry)
    appointment.cancelled_by = None
    if entry.action == AppointmentAction.ARRIVE:
        appointment.arrived_at = None
    appointment.settled_at = _settled_before(book, appointment)
    book.publish(
        AppointmentTakenBack(appointment, visit, entry.occurred_at, before, AppointmentAction(entry.action))
    )
    return appointment


def _revive(book: Book, visit: Visit, entry: StageEntry) -> None:
    """The visit is planned again, with the lines that were given up with it."""
    shift_visit(book, visit, VisitAction.REINSTATE, entry.occurred_at)
    for line in book.many(LINES_OF_VISIT, visit.id):
        last = book.many(ENTRIES_OF_LINE, line.id)[-1]
        if last.action == LineAction.CANCEL and last.recorded_at == entry.recorded_at:
            unshift_line(book, line, last)


def _settled_before(book: Book, appointment: Appointment) -> datetime | None:
    """When the no-show was that the appointment is back at; None where it is still to come."""
    if appointment.state != AppointmentState.NO_SHOW:
        return None
    moves = entries_of_appointment(book, appointment)
    return max(entry.occurred_at for entry in moves if entry.action == AppointmentAction.MARK_NO_SHOW)
