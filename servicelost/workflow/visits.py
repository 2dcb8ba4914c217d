"""Visits: the order opened, moved through its stages, called off, turned away, delivered, closed.

Quality control has a file of its own (`work`); what a visit's end costs is not known here.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, RuleViolation
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.appointments import arrive, book_anew, cancel_appointment, turn_away
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.endings import (
    complete_agreed_lines,
    expire_unanswered_lines,
    give_up_agreed_lines,
    state_unpresented_lines,
    turn_visit_away,
)
from servicelost.workflow.facts import VisitCancelled, VisitClosed, VisitMoved, VisitOpened
from servicelost.workflow.history import entries_of_visit, is_late
from servicelost.workflow.lateness import log_late_move
from servicelost.workflow.models.appointments import APPOINTMENTS_OF_VISIT, Appointment
from servicelost.workflow.models.visits import ORDER_BY_SOURCE, RepairOrder, Visit
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.stated import canceller, in_words
from servicelost.workflow.states import (
    MOVE_TO,
    VISIT_MACHINE,
    AppointmentState,
    VisitAction,
    VisitState,
)
from servicelost.workflow.transitions import log_visit, shift_visit

_FELL_THROUGH = frozenset({AppointmentState.CANCELLED, AppointmentState.TURNED_AWAY})
_BEFORE_DELIVERY = frozenset({VisitState.RECEPTION, VisitState.WORK, VisitState.QUALITY_CONTROL})


def find_visit(book: Book, dealership_id: int, source: str, source_id: str) -> Visit | None:
    """The visit whose repair order this system knows by this number, if the order is open."""
    order = book.one(ORDER_BY_SOURCE, dealership_id, source, source_id)
    return None if order is None else book.get(Visit, order.visit_id)


def open_visit(
    book: Book,
    *,
    dealership_id: int,
    source: str,
    source_id: str,
    at: datetime,
    appointment: Appointment | None = None,
    customer_id: int | None = None,
    vehicle_id: int | None = None,
    advisor_id: int | None = None,
    technician_id: int | None = None,
    pay_type: PayType | None = None,
    odometer_km: int | None = None,
    promised_at: datetime | None = None,
    walk_in: bool = False,
) -> Visit:
    """Open the repair order, on the visit the appointment planned if there is one.

    An appointment nobody saw arrive has arrived with this, even after it fell through. The same
    order again only fills blanks; a second order for one appointment is a visit of its own. Raises
    Conflict when the order was opened before without this appointment.
    """
    said = {
        "customer_id": customer_id, "vehicle_id": vehicle_id, "advisor_id": advisor_id,
        "technician_id": technician_id, "pay_type": pay_type.value if pay_type else None,
        "odometer_km": odometer_km, "promised_at": promised_at,
    }  # fmt: skip
    known = find_visit(book, dealership_id, source, source_id)
    if known is not None:
        _check_same_appointment(book, known, appointment)
        fill_blanks(known, **said)
        return known
    visit = _planned_visit(book, appointment, at)
    if visit is None:
        visit = _new_visit(book, dealership_id, at, source, source_id, said, walk_in)
    else:
        _open_planned(book, visit, at, source, source_id, said)
    _start_order(book, visit, at)
    return visit


def move_visit(
    book: Book, visit: Visit, stage: Stage, *, at: datetime, inspected: bool | None = None
) -> Visit:
    """Bring the visit to a stage: forward over any number of stages, back only for rework.

    What happened before the visit's newest move is kept in the log and moves nothing.
    """
    action = _move_to(stage)
    late = is_late(entries_of_visit(book, visit), at)
    if inspected is not None and (inspected or not late):
        visit.inspected = inspected
    if late:
        log_late_move(book, visit, action, at)
        return visit
    if visit.state == stage:
        return visit
    shift_visit(book, visit, action, at)
    if visit.state == VisitState.FOLLOW_UP:
        fill_blanks(visit, delivered_at=at)
    book.publish(VisitMoved(visit, at))
    return visit


def cancel_visit(book: Book, visit: Visit, *, at: datetime, reason: Reason) -> Visit:
    """Call the order off with all its open work; `reason.cancelled_by` is mandatory. Once is enough.

    While the visit is only planned, that is a cancellation of its appointment.
    """
    canceller(reason)
    appointment = _appointment_of(book, visit)
    if visit.state == VisitState.CANCELLED:
        return visit
    if visit.state == VisitState.PLANNING and appointment is not None:
        cancel_appointment(book, appointment, at=at, reason=reason)
        return visit
    VISIT_MACHINE.next(VisitState(visit.state), VisitAction.CANCEL)
    lines = give_up_agreed_lines(book, visit, at)
    state_unpresented_lines(book, visit, at)
    expire_unanswered_lines(book, visit, at)
    shift_visit(book, visit, VisitAction.CANCEL, at, in_words(reason))
    book.publish(VisitCancelled(visit, at, lines, reason))
    return visit


def turn_away_visit(book: Book, visit: Visit, *, at: datetime, reason: Reason = UNSTATED) -> Visit:
    """The car was there and could not be taken in, with or without an appointment. Once is enough."""
    if visit.state == VisitState.TURNED_AWAY:
        return visit
    appointment = _appointment_of(book, visit)
    if appointment is None:
        turn_visit_away(book, visit, at, reason)
    else:
        turn_away(book, appointment, at=at, reason=reason)
    return visit


def deliver_visit(book: Book, visit: Visit, *, at: datetime) -> Visit:
    """The customer has the car back: follow-up begins. After the order was closed only the time is noted."""
    if visit.state == VisitState.CLOSED:
        if visit.delivered_at is None:
            log_late_move(book, visit, VisitAction.MOVE_TO_FOLLOW_UP, at)
    elif visit.state != VisitState.FOLLOW_UP:
        if visit.state in _BEFORE_DELIVERY:
            shift_visit(book, visit, VisitAction.MOVE_TO_DELIVERY, at)
        shift_visit(book, visit, VisitAction.MOVE_TO_FOLLOW_UP, at)
        book.publish(VisitMoved(visit, at))
    fill_blanks(visit, delivered_at=at)
    return visit


def close_visit(book: Book, visit: Visit, *, at: datetime) -> Visit:
    """Close the order, after stating what became of each open line.

    Recommendations nobody showed are not presented, agreed work counts as done, offers go on waiting
    for their answer. Closing again settles only lines that came since.
    """
    closed_before = visit.state == VisitState.CLOSED
    if not closed_before:
        VISIT_MACHINE.next(VisitState(visit.state), VisitAction.CLOSE)
    state_unpresented_lines(book, visit, at)
    complete_agreed_lines(book, visit, at)
    if not closed_before:
        shift_visit(book, visit, VisitAction.CLOSE, at)
        visit.closed_at = at
        book.publish(VisitClosed(visit, at))
    return visit


def _appointment_of(book: Book, visit: Visit) -> Appointment | None:
    return book.one(APPOINTMENTS_OF_VISIT, visit.id)


def _planned_visit(book: Book, appointment: Appointment | None, at: datetime) -> Visit | None:
    """The visit planned by the appointment, which has arrived with this; None if there is none to open."""
    if appointment is None:
        return None
    visit = book.get(Visit, appointment.visit_id)
    if visit.source_id is not None:
        return None
    if appointment.state in _FELL_THROUGH:
        book_anew(book, appointment, at, at)
    arrive(book, appointment, at=at)
    return visit


def _new_visit(
    book: Book,
    dealership_id: int,
    at: datetime,
    source: str,
    source_id: str,
    said: Mapping[str, Any],
    walk_in: bool,
) -> Visit:
    state = VisitState.RECEPTION.value
    visit = book.add(
        Visit(
            dealership_id=dealership_id,
            source=source,
            source_id=source_id,
            state=state,
            stage=state,
            walk_in=walk_in,
            opened_at=at,
            **said,
        )
    )
    log_visit(book, visit, VisitAction.OPEN, at, before=None)
    return visit


def _open_planned(
    book: Book, visit: Visit, at: datetime, source: str, source_id: str, said: Mapping[str, Any]
) -> None:
    shift_visit(book, visit, VisitAction.OPEN, at)
    visit.source, visit.source_id, visit.opened_at = source, source_id, at
    for name, value in said.items():
        if value is not None:
            setattr(visit, name, value)


def _start_order(book: Book, visit: Visit, at: datetime) -> None:
    assert visit.source_id is not None  # it was given just now
    book.add(
        RepairOrder(
            dealership_id=visit.dealership_id,
            visit_id=visit.id,
            source=visit.source,
            source_id=visit.source_id,
            opened_at=at,
        )
    )
    book.publish(VisitOpened(visit, at))


def _check_same_appointment(book: Book, visit: Visit, appointment: Appointment | None) -> None:
    if appointment is None or appointment.visit_id == visit.id:
        return
    if book.get(Visit, appointment.visit_id).source_id is None:
        raise Conflict(
            "ORDER_EXISTS",
            f"order {visit.source_id} is already open without appointment {appointment.source_id}",
        )


def _move_to(stage: Stage) -> VisitAction:
    action = MOVE_TO.get(stage.value)
    if action is None:
        expected = ", ".join(MOVE_TO)
        message = f"a visit cannot be moved to {stage}; stages to move to are: {expected}"
        raise RuleViolation("NO_SUCH_MOVE", message, field="stage", value=stage.value, expected=expected)
    return action
