"""What it means for the money that a move of an appointment was taken back: the ledger stands as before it.

By reversing entries and new ones, never by an edit.
"""

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import reason_of
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.containers import container_of
from servicelost.opportunities.pipeline.models import PRESENTATION_OF_LINE, Opportunity, Presentation
from servicelost.opportunities.pipeline.rebooking import BOOKING_EVENTS
from servicelost.opportunities.pipeline.settling import Refusal, refuse, take_back
from servicelost.opportunities.pipeline.states import DecisionKind, OpportunityState
from servicelost.opportunities.pipeline.told import forget
from servicelost.opportunities.pipeline.valuation import value_of
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import AppointmentTakenBack
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import AppointmentAction


def on_appointment_taken_back(book: Book, fact: AppointmentTakenBack) -> None:
    """A no-show or cancellation that was none costs nothing; a car that is not here after all is missed."""
    for opportunity, presentation in _on_visit(book, fact.visit):
        if fact.undone is AppointmentAction.ARRIVE:
            _lose_booking_again(book, opportunity, fact)
        elif opportunity.state == OpportunityState.LOST and opportunity.lost_event in BOOKING_EVENTS:
            take_back(book, opportunity, Cause.ENTRY_ERROR, book.now, DecisionKind.TAKEN_BACK,
                      visit_id=fact.visit.id, line_id=_line_of(presentation), note="undone")  # fmt: skip
        if presentation is not None and fact.undone is not AppointmentAction.ARRIVE:
            forget(book, presentation.line_id, fact.at)


def _on_visit(book: Book, visit: Visit) -> list[tuple[Opportunity, Presentation | None]]:
    found: list[tuple[Opportunity, Presentation | None]] = []
    for line in book.many(LINES_OF_VISIT, visit.id):
        presentation = book.one(PRESENTATION_OF_LINE, line.id)
        if presentation is not None:
            found.append((book.get(Opportunity, presentation.opportunity_id), presentation))
    container = container_of(book, visit)
    return found if container is None else [*found, (container, None)]


def _line_of(presentation: Presentation | None) -> int | None:
    return None if presentation is None else presentation.line_id


def _lose_booking_again(book: Book, opportunity: Opportunity, fact: AppointmentTakenBack) -> None:
    """What the arrival had taken back is lost as it was."""
    entries = book.many(ENTRIES_OF_OPPORTUNITY, opportunity.id)
    if entries and entries[-1].event in BOOKING_EVENTS and entries[-1].visit_id == fact.visit.id:
        lose_again(book, opportunity)


def lose_again(book: Book, opportunity: Opportunity) -> None:
    """The loss whose reversal is the last entry stands again as it was; once sold or lost, nothing is."""
    entries = book.many(ENTRIES_OF_OPPORTUNITY, opportunity.id)
    if opportunity.state != OpportunityState.OPEN or not entries or entries[-1].kind != EntryKind.REVERSAL:
        return
    lose_as_before(book, opportunity, book.get(LedgerEntry, entries[-1].loss_id or 0))


def lose_as_before(book: Book, opportunity: Opportunity, loss: LedgerEntry) -> None:
    """The need is lost once more, with all that this entry says."""
    refusal = Refusal(
        DecisionKind.TAKEN_BACK, LossEvent(loss.event), Stage(loss.stage), reason_of(loss),
        value_of(loss), loss.occurred_at, loss.visit_id, loss.line_id, loss.appointment_id,
        document=loss.document, evidence=loss.evidence,
    )  # fmt: skip
    refuse(book, opportunity, refusal)
