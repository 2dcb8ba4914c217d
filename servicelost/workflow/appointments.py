"""Appointments: booked, confirmed, moved, called off, missed, arrived, turned away.

The visit an appointment plans is made with it and waits in PLANNING. What an appointment that came
to nothing costs is not known here.
"""

from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, RuleViolation
from servicelost.taxonomy.parties import Party
from servicelost.workflow.blanks import fill_blanks
from servicelost.workflow.endings import give_up_agreed_lines, reopen_given_up_lines, turn_visit_away
from servicelost.workflow.facts import (
    AppointmentArrived,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentRescheduled,
)
from servicelost.workflow.history import entries_of_appointment, is_late, words_of
from servicelost.workflow.models.appointments import APPOINTMENT_BY_SOURCE, Appointment
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import check_not_negative
from servicelost.workflow.reason import UNSTATED, Reason
from servicelost.workflow.stated import canceller, in_words, is_news
from servicelost.workflow.states import (
    APPOINTMENT_MACHINE,
    COMING,
    ENDED,
    VISIT_MACHINE,
    AppointmentAction,
    AppointmentState,
    VisitAction,
    VisitState,
)
from servicelost.workflow.transitions import log_appointment, log_visit, shift_appointment, shift_visit


def book_appointment(
    book: Book,
    *,
    dealership_id: int,
    source: str,
    source_id: str,
    at: datetime,
    scheduled_at: datetime,
    customer_id: int | None = None,
    vehicle_id: int | None = None,
    advisor_id: int | None = None,
    booked_by_id: int | None = None,
    channel: str | None = None,
    expected_minor: int | None = None,
    promised_at: datetime | None = None,
) -> Appointment:
    """Book a time in the diary and plan the visit for it; the same booking again fills its blanks.

    Raises Conflict when the appointment is known for another time and this is not an older word.
    """
    check_not_negative("expected_minor", expected_minor)
    people = {"customer_id": customer_id, "vehicle_id": vehicle_id, "advisor_id": advisor_id}
    rest = {
        "booked_by_id": booked_by_id, "channel": channel,
        "expected_minor": expected_minor, "promised_at": promised_at,
    }  # fmt: skip
    known = book.one(APPOINTMENT_BY_SOURCE, dealership_id, source, source_id)
    if known is not None:
        _check_same_time(known, at, scheduled_at)
        fill_blanks(known, **people, **rest)
        fill_blanks(_visit(book, known), **people, promised_at=promised_at)
        return known
    visit = _plan_visit(book, dealership_id, source, at, scheduled_at, promised_at, people)
    appointment = Appointment(
        dealership_id=dealership_id, source=source, source_id=source_id, visit_id=visit.id,
        state=AppointmentState.BOOKED.value, booked_at=at, scheduled_at=scheduled_at, **people, **rest,
    )  # fmt: skip
    log_appointment(book, book.add(appointment), AppointmentAction.BOOK, at, before=None)
    book.publish(AppointmentBooked(appointment, visit, at))
    return appointment


def confirm_appointment(
    book: Book, appointment: Appointment, *, at: datetime, note: str | None = None
) -> Appointment:
    """The customer, or a person for him, confirmed that he will come; once is enough."""
    if appointment.state == AppointmentState.CONFIRMED:
        return appointment
    if not _kept_as_late(book, appointment, AppointmentAction.CONFIRM, at, note):
        shift_appointment(book, appointment, AppointmentAction.CONFIRM, at, note)
    return appointment


def reschedule_appointment(
    book: Book,
    appointment: Appointment,
    *,
    at: datetime,
    scheduled_at: datetime,
    requested_by: Party | None = None,
    note: str | None = None,
) -> Appointment:
    """Give the appointment a new time; after it fell through, that books it again with its lines."""
    if appointment.state in COMING and appointment.scheduled_at == scheduled_at:
        return appointment
    asked = f"asked by {requested_by}" if requested_by else None
    words = "; ".join(part for part in (asked, note) if part) or None
    entries = entries_of_appointment(book, appointment)
    if not _kept_as_late(book, appointment, AppointmentAction.RESCHEDULE, at, words):
        book_anew(book, appointment, at, scheduled_at, words)
    elif not is_late((entry for entry in entries if entry.action == AppointmentAction.RESCHEDULE), at):
        _take_time(book, appointment, scheduled_at)
    return appointment


def book_anew(
    book: Book, appointment: Appointment, at: datetime, scheduled_at: datetime, note: str | None = None
) -> None:
    """Move the appointment to the new time, whatever was logged later; raises IllegalMove."""
    before = shift_appointment(book, appointment, AppointmentAction.RESCHEDULE, at, note)
    appointment.cancelled_by = appointment.settled_at = None
    visit = _take_time(book, appointment, scheduled_at)
    if visit.state in ENDED:
        shift_visit(book, visit, VisitAction.REINSTATE, at)
        reopen_given_up_lines(book, visit, at)
    book.publish(AppointmentRescheduled(appointment, visit, at, before))


def cancel_appointment(book: Book, appointment: Appointment, *, at: datetime, reason: Reason) -> Appointment:
    """Call the appointment off, its visit and booked lines with it; `reason.cancelled_by` is mandatory.

    Said again with a reason that is new, only the fact is published again, for the reason's sake.
    """
    who = canceller(reason)
    if appointment.state == AppointmentState.CANCELLED:
        if _is_news(book, appointment, AppointmentAction.CANCEL, reason):
            _restate(book, appointment, AppointmentAction.CANCEL, at, reason)
            book.publish(
                AppointmentCancelled(appointment, _visit(book, appointment), at, appointment.state, reason)
            )
        return appointment
    if _kept_as_late(book, appointment, AppointmentAction.CANCEL, at, in_words(reason)):
        return appointment
    before = shift_appointment(book, appointment, AppointmentAction.CANCEL, at, in_words(reason))
    appointment.cancelled_by, appointment.settled_at = who.value, at
    visit = _visit(book, appointment)
    give_up_agreed_lines(book, visit, at)
    shift_visit(book, visit, VisitAction.CANCEL, at, in_words(reason))
    book.publish(AppointmentCancelled(appointment, visit, at, before, reason))
    return appointment


def mark_no_show(
    book: Book, appointment: Appointment, *, at: datetime, reason: Reason = UNSTATED
) -> Appointment:
    """The car did not come; its visit stays planned, since it may still come or be booked again.

    Raises RuleViolation NO_SHOW_TOO_EARLY before the appointment's time. Said again with a reason
    that is new, only the fact is published again, for the reason's sake.
    """
    if appointment.state == AppointmentState.NO_SHOW:
        if _is_news(book, appointment, AppointmentAction.MARK_NO_SHOW, reason):
            _restate(book, appointment, AppointmentAction.MARK_NO_SHOW, at, reason)
            book.publish(
                AppointmentMissed(appointment, _visit(book, appointment), at, appointment.state, reason)
            )
        return appointment
    if _kept_as_late(book, appointment, AppointmentAction.MARK_NO_SHOW, at, in_words(reason)):
        return appointment
    _check_time_has_come(appointment, at)
    before = shift_appointment(book, appointment, AppointmentAction.MARK_NO_SHOW, at, in_words(reason))
    appointment.settled_at = at
    book.publish(AppointmentMissed(appointment, _visit(book, appointment), at, before, reason))
    return appointment


def arrive(
    book: Book, appointment: Appointment, *, at: datetime, odometer_km: int | None = None
) -> Appointment:
    """The car is there, perhaps after a no-show; the visit stays planned until the order is opened."""
    visit = _visit(book, appointment)
    if appointment.state == AppointmentState.ARRIVED:
        fill_blanks(visit, odometer_km=odometer_km)
        return appointment
    possible = APPOINTMENT_MACHINE.can(AppointmentState(appointment.state), AppointmentAction.ARRIVE)
    if not possible and _kept_as_late(book, appointment, AppointmentAction.ARRIVE, at, None):
        return appointment
    before = shift_appointment(book, appointment, AppointmentAction.ARRIVE, at)
    appointment.arrived_at = appointment.settled_at = at
    visit.odometer_km = odometer_km if odometer_km is not None else visit.odometer_km
    book.publish(AppointmentArrived(appointment, visit, at, before))
    return appointment


def turn_away(
    book: Book, appointment: Appointment, *, at: datetime, reason: Reason = UNSTATED
) -> Appointment:
    """The car came and could not be taken in; its visit ends at reception. Once is enough."""
    if appointment.state == AppointmentState.TURNED_AWAY:
        return appointment
    visit = _visit(book, appointment)
    VISIT_MACHINE.next(VisitState(visit.state), VisitAction.TURN_AWAY)
    shift_appointment(book, appointment, AppointmentAction.TURN_AWAY, at, in_words(reason))
    fill_blanks(appointment, arrived_at=at)
    appointment.settled_at = at
    turn_visit_away(book, visit, at, reason)
    return appointment


def _take_time(book: Book, appointment: Appointment, scheduled_at: datetime) -> Visit:
    """The newest time that was agreed on, though the car may be here already."""
    appointment.scheduled_at = scheduled_at
    appointment.reschedules += 1
    visit = _visit(book, appointment)
    visit.planned_at = scheduled_at
    return visit


def _visit(book: Book, appointment: Appointment) -> Visit:
    return book.get(Visit, appointment.visit_id)


def _plan_visit(
    book: Book,
    dealership_id: int,
    source: str,
    at: datetime,
    scheduled_at: datetime,
    promised_at: datetime | None,
    people: dict[str, int | None],
) -> Visit:
    state = VisitState.PLANNING.value
    visit = book.add(
        Visit(
            dealership_id=dealership_id,
            source=source,
            state=state,
            stage=state,
            planned_at=scheduled_at,
            promised_at=promised_at,
            **people,
        )
    )
    log_visit(book, visit, VisitAction.PLAN, at, before=None)
    return visit


def _check_same_time(known: Appointment, at: datetime, scheduled_at: datetime) -> None:
    if known.scheduled_at != scheduled_at and at > known.booked_at:
        raise Conflict(
            "APPOINTMENT_EXISTS",
            f"appointment {known.source_id} is booked for {known.scheduled_at.isoformat()}, "
            f"not for {scheduled_at.isoformat()}: a new time is a rescheduling",
        )


def _check_time_has_come(appointment: Appointment, at: datetime) -> None:
    if at < appointment.scheduled_at:
        expected = f"{appointment.scheduled_at.isoformat()} or later"
        raise RuleViolation(
            "NO_SHOW_TOO_EARLY",
            f"appointment {appointment.source_id} is only due at {appointment.scheduled_at.isoformat()}",
            field="at",
            value=at.isoformat(),
            expected=expected,
        )


def _kept_as_late(
    book: Book, appointment: Appointment, action: AppointmentAction, at: datetime, note: str | None
) -> bool:
    """Log what happened before the newest word about the appointment; it changes nothing."""
    if not is_late(entries_of_appointment(book, appointment), at):
        return False
    log_appointment(book, appointment, action, at, before=appointment.state, note=note)
    return True


def _is_news(book: Book, appointment: Appointment, action: AppointmentAction, reason: Reason) -> bool:
    return is_news(reason, words_of(entries_of_appointment(book, appointment), action))


def _restate(
    book: Book, appointment: Appointment, action: AppointmentAction, at: datetime, reason: Reason
) -> None:
    log_appointment(book, appointment, action, at, before=appointment.state, note=in_words(reason))
