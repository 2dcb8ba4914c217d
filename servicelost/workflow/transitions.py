"""The only place where a state is assigned, each time by its table and with an entry in the log.

Whether a move is wise or timely is decided by the services that ask for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.log import LineEntry, StageEntry
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.models.signals import PartRequest
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import (
    APPOINTMENT_MACHINE,
    LINE_MACHINE,
    PART_REQUEST_MACHINE,
    QUOTE_MACHINE,
    STAGE_STATES,
    VISIT_MACHINE,
    AppointmentAction,
    AppointmentState,
    LineAction,
    LineState,
    PartRequestAction,
    PartRequestState,
    QuoteAction,
    QuoteState,
    VisitAction,
    VisitState,
)


def shift_appointment(
    book: Book, appointment: Appointment, action: AppointmentAction, at: datetime, note: str | None = None
) -> str:
    """Bring the appointment into its next state and return the one before; raises IllegalMove."""
    before = appointment.state
    appointment.state = APPOINTMENT_MACHINE.next(AppointmentState(before), action).value
    log_appointment(book, appointment, action, at, before=before, note=note)
    return before


def unshift_appointment(book: Book, appointment: Appointment, entry: StageEntry) -> str:
    """Bring the appointment back to where it was before the logged move and return where it stood."""
    before = appointment.state
    appointment.state = AppointmentState(entry.from_state or "").value
    action, note = AppointmentAction.TAKE_BACK, f"{entry.action} taken back"
    log_appointment(book, appointment, action, entry.occurred_at, before=before, note=note)
    return before


def shift_visit(book: Book, visit: Visit, action: VisitAction, at: datetime, note: str | None = None) -> str:
    """Bring the visit into its next state and return the one before; raises IllegalMove.

    The stage follows where the new state is a stage; an end leaves it where it was.
    """
    before = visit.state
    visit.state = VISIT_MACHINE.next(VisitState(before), action).value
    if visit.state in STAGE_STATES:
        visit.stage = visit.state
    log_visit(book, visit, action, at, before=before, note=note)
    return before


def shift_line(book: Book, line: Line, action: LineAction, at: datetime, note: str | None = None) -> str:
    """Bring the line into its next state and return the one before; raises IllegalMove."""
    before = line.state
    line.state = LINE_MACHINE.next(LineState(before), action).value
    log_line(book, line, action, at, before=before, note=note)
    return before


def unshift_line(
    book: Book, line: Line, entry: LineEntry, why: str = "something that happened earlier came later"
) -> None:
    """Bring the line back to where it was before the logged move; by itself because of earlier news."""
    before = line.state
    line.state = LineState(entry.from_state or line.origin).value
    note = f"{entry.action} taken back: {why}"
    log_line(book, line, LineAction.RECONSIDER, entry.occurred_at, before=before, note=note)


@contextmanager
def as_before_end(visit: Visit, state: str) -> Iterator[None]:
    """See the visit as it stood before its end, while something of that time is put in."""
    ended, visit.state = visit.state, VisitState(state).value
    try:
        yield
    finally:
        visit.state = ended


def shift_quote(quote: Quote, action: QuoteAction) -> None:
    """Bring the version of a quote into its next state; raises IllegalMove."""
    quote.state = QUOTE_MACHINE.next(QuoteState(quote.state), action).value


def shift_part_request(request: PartRequest, action: PartRequestAction) -> None:
    """Bring the request for a part into its next state; raises IllegalMove."""
    request.state = PART_REQUEST_MACHINE.next(PartRequestState(request.state), action).value


def log_appointment(
    book: Book,
    appointment: Appointment,
    action: AppointmentAction,
    at: datetime,
    *,
    before: str | None,
    note: str | None = None,
) -> None:
    """Log what happened to an appointment; with its present state as `before` it changed nothing."""
    _log(book, appointment, action, at, before, note, appointment.visit_id, appointment.id)


def log_visit(
    book: Book,
    visit: Visit,
    action: VisitAction,
    at: datetime,
    *,
    before: str | None,
    note: str | None = None,
) -> None:
    """Log what happened to a visit; with its present state as `before` it changed nothing."""
    _log(book, visit, action, at, before, note, visit.id)


def _log(
    book: Book,
    row: Appointment | Visit,
    action: AppointmentAction | VisitAction,
    at: datetime,
    before: str | None,
    note: str | None,
    visit_id: int | None,
    appointment_id: int | None = None,
) -> None:
    book.add(
        StageEntry(
            dealership_id=row.dealership_id,
            visit_id=visit_id,
            appointment_id=appointment_id,
            action=action.value,
            from_state=before,
            to_state=row.state,
            occurred_at=at,
            recorded_at=book.now,
            employee_id=book.actor.employee_id,
            actor=book.actor.name,
            note=note,
        )
    )


def log_line(
    book: Book,
    line: Line,
    action: LineAction,
    at: datetime,
    *,
    before: str | None,
    note: str | None = None,
    named_minor: int | None = None,
) -> None:
    """Log what happened to a line; with its present state as `before` only words or price are new.

    `named_minor` is a price that was named and does not stand; the line's own is logged without it.
    """
    book.add(
        LineEntry(
            line_id=line.id,
            action=action.value,
            from_state=before,
            to_state=line.state,
            amount_minor=line.amount_minor if named_minor is None else named_minor,
            centihours=line.centihours,
            occurred_at=at,
            recorded_at=book.now,
            employee_id=book.actor.employee_id,
            actor=book.actor.name,
            note=note,
        )
    )
