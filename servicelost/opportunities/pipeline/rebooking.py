"""Whether a car whose booking fell through came again in time: booked anew, or taken in.

Only looking; what a booking that fell through costs is said by the listeners.
"""

from datetime import datetime, timedelta

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import REBOOK_WINDOW
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
)
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.workflow.history import standing_moves
from servicelost.workflow.models.log import STAGES_OF_VISIT
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import AppointmentAction, VisitAction

BOOKING_EVENTS = frozenset({LossEvent.APPT_CANCELLED, LossEvent.APPT_NO_SHOW, LossEvent.APPT_TURNED_AWAY})
_COMES = frozenset(
    {AppointmentAction.BOOK, AppointmentAction.RESCHEDULE, AppointmentAction.ARRIVE, VisitAction.OPEN}
)


def rebook_window(book: Book, dealership_id: int) -> timedelta:
    """How long after a booking fell through coming again takes the loss back."""
    return timedelta(days=read_setting(book, dealership_id, REBOOK_WINDOW))


def came_since(book: Book, visit: Visit, at: datetime) -> bool:
    """Whether the car is known to have been booked or taken in again within the window after this moment."""
    window = rebook_window(book, visit.dealership_id)
    return any(
        entry.action in _COMES and timedelta(0) < entry.occurred_at - at <= window
        for visit_id in _visits_of_car(book, visit)
        for entry in standing_moves(book.many(STAGES_OF_VISIT, visit_id))
    )


def _visits_of_car(book: Book, visit: Visit) -> set[int]:
    """The visits of the car on which anything could be sold."""
    found = {visit.id}
    if visit.vehicle_id is not None:
        for row in book.many(OPPORTUNITIES_OF_VEHICLE, visit.vehicle_id):
            if row.dealership_id == visit.dealership_id:
                found |= _visits_of_need(book, row)
    return found


def _visits_of_need(book: Book, opportunity: Opportunity) -> set[int]:
    own = set() if opportunity.visit_id is None else {opportunity.visit_id}
    if not opportunity.presentations:
        return own
    return own | {row.visit_id for row in book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)}
