"""Which fact the pipeline acts on, in one table; called once by the composition root."""

from servicelost.kernel.events import EventBus
from servicelost.opportunities.followup.facts import ContactMade
from servicelost.opportunities.pipeline import (
    afterwards,
    board,
    line_listeners,
    relocating,
    signal_listeners,
    visit_listeners,
)
from servicelost.workflow import facts


def subscribe(bus: EventBus) -> None:
    """Listen to the facts of the workflow and of following up."""
    bus.subscribe(facts.AppointmentBooked, visit_listeners.on_appointment_booked)
    bus.subscribe(facts.AppointmentRescheduled, visit_listeners.on_appointment_rescheduled)
    bus.subscribe(facts.AppointmentArrived, visit_listeners.on_appointment_arrived)
    bus.subscribe(facts.AppointmentCancelled, visit_listeners.on_appointment_cancelled)
    bus.subscribe(facts.AppointmentMissed, visit_listeners.on_appointment_missed)
    bus.subscribe(facts.VisitOpened, visit_listeners.on_visit_opened)
    bus.subscribe(facts.VisitCancelled, visit_listeners.on_visit_cancelled)
    bus.subscribe(facts.VisitTurnedAway, visit_listeners.on_visit_turned_away)
    bus.subscribe(facts.VisitClosed, visit_listeners.on_visit_closed)
    bus.subscribe(facts.VisitMoved, relocating.on_visit_moved)
    bus.subscribe(facts.VisitClosed, relocating.on_visit_moved)
    bus.subscribe(facts.LineAdded, line_listeners.on_line_added)
    bus.subscribe(facts.LinePriced, line_listeners.on_line_priced)
    bus.subscribe(facts.LineAuthorized, line_listeners.on_line_authorized)
    bus.subscribe(facts.LineDeferred, line_listeners.on_line_deferred)
    bus.subscribe(facts.LineNotPerformed, line_listeners.on_line_not_performed)
    bus.subscribe(facts.LineReduced, line_listeners.on_line_reduced)
    bus.subscribe(facts.LineReopened, line_listeners.on_line_reopened)
    bus.subscribe(facts.LineInvoiced, line_listeners.on_line_invoiced)
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
    bus.at_end(board.keep_board)
