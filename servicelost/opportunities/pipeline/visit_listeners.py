"""What the facts about appointments and visits mean for the opportunities on them.

A booking that falls through loses its lines, each at its own value; coming or rebooking within the
window takes that back. Value stands at the lines only.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import Sale
from servicelost.opportunities.ledger.models import RevenueBasis
from servicelost.opportunities.pipeline.containers import (
    container_of,
    open_container,
    settle_container,
)
from servicelost.opportunities.pipeline.decisions import SOLD_STATES, record_decision
from servicelost.opportunities.pipeline.line_listeners import document_of
from servicelost.opportunities.pipeline.models import OPPORTUNITIES_OF_VEHICLE, Opportunity
from servicelost.opportunities.pipeline.opening import opportunity_of_line, present_line
from servicelost.opportunities.pipeline.rebooking import BOOKING_EVENTS, came_since, rebook_window
from servicelost.opportunities.pipeline.settling import Refusal, close, refuse, take_back, win
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.opportunities.pipeline.told import remember
from servicelost.opportunities.pipeline.valuation import value_of_line, value_of_opportunity
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_stage_for
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.states import LineState

_CAME_TO_NOTHING = frozenset({LineState.BOOKED, LineState.CANCELLED})


def on_appointment_booked(book: Book, fact: facts.AppointmentBooked) -> None:
    """A booking is an opportunity; a car whose booking fell through lately has thereby rebooked."""
    take_back_fallen_through(book, fact.visit, fact.at, DecisionKind.REBOOKED)
    open_container(book, fact.visit, fact.at, fact.appointment)


def on_appointment_rescheduled(book: Book, fact: facts.AppointmentRescheduled) -> None:
    """A new time within the window takes back what the old one lost."""
    take_back_fallen_through(book, fact.visit, fact.at, DecisionKind.REBOOKED)


def on_appointment_arrived(book: Book, fact: facts.AppointmentArrived) -> None:
    """Coming late but within the window takes back the no-show."""
    take_back_fallen_through(book, fact.visit, fact.at, DecisionKind.ARRIVED)


def on_appointment_cancelled(book: Book, fact: facts.AppointmentCancelled) -> None:
    """Called off: each booked line is lost, by whoever cancelled."""
    _lose_booking(book, fact, DecisionKind.CANCELLED, LossEvent.APPT_CANCELLED)


def on_appointment_missed(book: Book, fact: facts.AppointmentMissed) -> None:
    """A no-show: each booked line is lost."""
    _lose_booking(book, fact, DecisionKind.MISSED, LossEvent.APPT_NO_SHOW)


def on_visit_opened(book: Book, fact: facts.VisitOpened) -> None:
    """The car is here: a booking that fell through lately did not; a walk-in is an opportunity."""
    take_back_fallen_through(book, fact.visit, fact.at, DecisionKind.ARRIVED)
    if fact.visit.walk_in:
        open_container(book, fact.visit, fact.at)


def on_line_of_visit(book: Book, fact: facts.LineAdded) -> None:
    """Its first line shows on which visits a car came; it may be told after a booking fell through."""
    if fact.visit.opened_at is not None:
        take_back_fallen_through(book, fact.visit, fact.visit.opened_at, DecisionKind.ARRIVED)


def on_visit_cancelled(book: Book, fact: facts.VisitCancelled) -> None:
    """The order was voided: what was agreed and not done is lost."""
    _lose_visit(book, fact, DecisionKind.CANCELLED, LossEvent.ORDER_CANCELLED)


def on_visit_turned_away(book: Book, fact: facts.VisitTurnedAway) -> None:
    """The car could not be taken in."""
    _lose_visit(book, fact, DecisionKind.TURNED_AWAY, LossEvent.APPT_TURNED_AWAY)


def on_visit_closed(book: Book, fact: facts.VisitClosed) -> None:
    """What was agreed and is not invoiced by now is won at its authorised price."""
    settle_container(book, fact.visit, fact.at)
    for line in book.many(LINES_OF_VISIT, fact.visit.id):
        if line.state in SOLD_STATES and line.invoiced_minor is None:
            win_as_done(book, line, fact.visit, fact.at)


def win_as_done(book: Book, line: Line, visit: Visit, at: datetime) -> None:
    """Win the line at its authorised price, since its order is closed."""
    amount = line.authorized_minor if line.authorized_minor is not None else line.amount_minor
    sale = Sale(amount or 0, RevenueBasis.AUTHORIZED, at, visit.id, line.id)
    win(book, present_line(book, line, visit, at), sale, DecisionKind.COMPLETED)


def take_back_fallen_through(book: Book, visit: Visit, at: datetime, kind: DecisionKind) -> None:
    """Reverse what this car's, or this visit's, bookings lost within the rebooking window."""
    window = rebook_window(book, visit.dealership_id)
    for opportunity in _of_car_or_visit(book, visit):
        if opportunity.lost_event not in BOOKING_EVENTS or opportunity.first_lost_at is None:
            continue
        if not timedelta(0) <= at - opportunity.first_lost_at <= window:
            continue
        if opportunity.appointment_id is not None and opportunity.visit_id != visit.id:
            close(book, opportunity, Cause.RESCHEDULED, at, kind)
        else:
            take_back(book, opportunity, Cause.RESCHEDULED, at, kind, visit_id=visit.id)


def _of_car_or_visit(book: Book, visit: Visit) -> list[Opportunity]:
    found: dict[int, Opportunity] = {}
    if visit.vehicle_id is not None:
        found = {row.id: row for row in book.many(OPPORTUNITIES_OF_VEHICLE, visit.vehicle_id)
                 if row.dealership_id == visit.dealership_id}  # fmt: skip
    for opportunity in _of_lines(book, book.many(LINES_OF_VISIT, visit.id)):
        found[opportunity.id] = opportunity
    container = container_of(book, visit)
    return [*found.values(), *([container] if container and container.id not in found else [])]


def _of_lines(book: Book, lines: Iterable[Line]) -> list[Opportunity]:
    found = (opportunity_of_line(book, line) for line in lines)
    return [opportunity for opportunity in found if opportunity is not None]


def _lose_booking(book: Book, fact: facts.AppointmentLostFact, kind: DecisionKind, event: LossEvent) -> None:
    lines = [line for line in book.many(LINES_OF_VISIT, fact.visit.id) if line.state in _CAME_TO_NOTHING]
    _lose_all(book, fact.visit, lines, kind, event, Stage.PLANNING, fact.reason, fact.at, fact.appointment.id)


def _lose_visit(book: Book, fact: facts.VisitEndedFact, kind: DecisionKind, event: LossEvent) -> None:
    stage = Stage.RECEPTION if event is LossEvent.APPT_TURNED_AWAY else Stage(fact.visit.stage)
    _lose_all(
        book, fact.visit, fact.lines, kind, event, legal_stage_for(event, stage), fact.reason, fact.at, None
    )


def _lose_all(
    book: Book, visit: Visit, lines: Sequence[Line], kind: DecisionKind, event: LossEvent, stage: Stage,
    reason: Reason, at: datetime, appointment_id: int | None,
) -> None:  # fmt: skip
    refusals = [
        Refusal(
            kind, event, stage, reason, value_of_line(book, line, reason.decided_by), at, visit.id, line.id,
            appointment_id, document=document_of(line, visit),
        )
        for line in lines
    ]  # fmt: skip
    told = [
        (present_line(book, line, visit, at), refusal) for line, refusal in zip(lines, refusals, strict=True)
    ]
    for refusal in refusals:
        remember(book, refusal)
    if event in BOOKING_EVENTS and came_since(book, visit, at):
        _keep_open(book, visit, told, kind, at)
        return
    for opportunity, refusal in told:
        refuse(book, opportunity, refusal)
    container = None if refusals else container_of(book, visit)
    if container is not None:
        value = value_of_opportunity(book, container)
        refuse(
            book, container, Refusal(kind, event, stage, reason, value, at, visit.id, None, appointment_id)
        )


def _keep_open(
    book: Book, visit: Visit, told: Sequence[tuple[Opportunity, Refusal]], kind: DecisionKind, at: datetime
) -> None:
    """The booking fell through, but its car came again in time, which came to be known first: no loss."""
    for opportunity, refusal in told:
        record_decision(book, opportunity, kind, Effect.NONE, at, visit_id=visit.id, line_id=refusal.line_id)
    container = container_of(book, visit)
    if container is not None:
        close(book, container, Cause.RESCHEDULED, at, kind)
