"""Which fact the pipeline acts on, in one table; called once by the composition root."""

from servicelost.kernel.events import EventBus
from servicelost.opportunities.followup.facts import ContactMade, ContactTakenBack
from servicelost.opportunities.pipeline import (
    afterwards,
    board,
    line_listeners,
    line_undoing,
    relocating,
    returning,
    signal_listeners,
    undoing,
    visit_listeners,
)
from servicelost.workflow import facts

_OF_LINES: tuple[type[facts.LineFact], ...] = (
    facts.LineAdded, facts.LinePriced, facts.LineAuthorized, facts.LineDeclined, facts.LineDeferred,
    facts.LineRemoved, facts.LineReduced, facts.LineNotPresented, facts.LineExpired, facts.LineNotPerformed,
    facts.LineRejectedAtQuality, facts.LineReopened, facts.LineInvoiced, facts.LineJudgementLifted,
    facts.LineTakenBack,
)  # fmt: skip
_OF_WHOLE_VISITS: tuple[type[facts.VisitFact | facts.AppointmentFact], ...] = (
    facts.VisitClosed, facts.VisitCancelled, facts.VisitTurnedAway, facts.AppointmentCancelled,
    facts.AppointmentMissed, facts.AppointmentTakenBack,
)  # fmt: skip
_COMES: tuple[type[facts.VisitFact | facts.AppointmentFact], ...] = (
    facts.AppointmentBooked, facts.AppointmentRescheduled, facts.AppointmentArrived, facts.VisitOpened,
)  # fmt: skip


def subscribe(bus: EventBus) -> None:
    """Listen to the facts of the workflow and of following up."""
    _hear_of_appointments(bus)
    bus.subscribe(facts.VisitOpened, visit_listeners.on_visit_opened)
    bus.subscribe(facts.VisitCancelled, visit_listeners.on_visit_cancelled)
    bus.subscribe(facts.VisitTurnedAway, visit_listeners.on_visit_turned_away)
    bus.subscribe(facts.VisitClosed, visit_listeners.on_visit_closed)
    bus.subscribe(facts.VisitMoved, relocating.on_visit_moved)
    bus.subscribe(facts.VisitClosed, relocating.on_visit_moved)
    bus.subscribe(facts.LineAdded, line_listeners.on_line_added)
    bus.subscribe(facts.LineAdded, visit_listeners.on_line_of_visit)
    bus.subscribe(facts.LinePriced, line_listeners.on_line_priced)
    bus.subscribe(facts.LineAuthorized, line_listeners.on_line_authorized)
    bus.subscribe(facts.LineDeferred, line_listeners.on_line_deferred)
    bus.subscribe(facts.LineNotPerformed, line_listeners.on_line_not_performed)
    bus.subscribe(facts.LineReduced, line_listeners.on_line_reduced)
    bus.subscribe(facts.LineReopened, line_listeners.on_line_reopened)
    bus.subscribe(facts.LineInvoiced, line_listeners.on_line_invoiced)
    bus.subscribe(facts.LineTakenBack, line_undoing.on_line_taken_back)
    bus.subscribe(facts.LineJudgementLifted, afterwards.on_line_judgement_lifted)
    bus.subscribe(facts.LineTakenAsDone, afterwards.on_line_taken_as_done)
    bus.subscribe(facts.LineGivenUp, afterwards.on_line_given_up)
    for refused in (facts.LineDeclined, facts.LineRemoved, facts.LineNotPresented, facts.LineExpired,
                    facts.LineRejectedAtQuality):  # fmt: skip
        bus.subscribe(refused, line_listeners.on_line_refused)
    bus.subscribe(facts.CallMissed, signal_listeners.on_call_missed)
    bus.subscribe(facts.CallReceived, signal_listeners.on_call_received)
    bus.subscribe(facts.PartNotSupplied, signal_listeners.on_part_not_supplied)
    bus.subscribe(ContactMade, signal_listeners.on_contact_made)
    bus.subscribe(ContactTakenBack, signal_listeners.on_contact_taken_back)
    _tell_anew_after_all(bus)
    bus.at_end(board.keep_board)


def _hear_of_appointments(bus: EventBus) -> None:
    bus.subscribe(facts.AppointmentBooked, visit_listeners.on_appointment_booked)
    bus.subscribe(facts.AppointmentRescheduled, visit_listeners.on_appointment_rescheduled)
    bus.subscribe(facts.AppointmentArrived, visit_listeners.on_appointment_arrived)
    bus.subscribe(facts.AppointmentCancelled, visit_listeners.on_appointment_cancelled)
    bus.subscribe(facts.AppointmentMissed, visit_listeners.on_appointment_missed)
    bus.subscribe(facts.AppointmentTakenBack, undoing.on_appointment_taken_back)


def _tell_anew_after_all(bus: EventBus) -> None:
    for told in _OF_LINES:
        bus.subscribe(told, returning.on_line_told)
    for late in (facts.LineWordOvertaken, facts.LineTakenAsDone, facts.LineGivenUp):
        bus.subscribe(late, returning.on_late_word)
    for changed in _OF_WHOLE_VISITS:
        bus.subscribe(changed, returning.on_whole_visit)
    for comes in _COMES:
        bus.subscribe(comes, returning.on_car_comes)
    bus.subscribe(facts.LineAdded, returning.on_car_comes)
    bus.subscribe(facts.VisitMoved, returning.on_visit_moved)
