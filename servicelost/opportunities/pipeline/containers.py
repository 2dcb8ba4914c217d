"""Opportunities of a whole booking or visit, for as long as no single work is known on it.

As soon as a line names the work, value stands at the line and the container is superseded.
"""

from datetime import datetime

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import Sale
from servicelost.opportunities.ledger.models import RevenueBasis
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.needs import OF_VISIT, need_of_visit
from servicelost.opportunities.pipeline.opening import episodes, live_opportunity, open_opportunity
from servicelost.opportunities.pipeline.settling import close, unsell, win
from servicelost.opportunities.pipeline.states import DecisionKind, OpportunityState
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.visits import Visit


def open_container(
    book: Book, visit: Visit, at: datetime, appointment: Appointment | None = None
) -> Opportunity:
    """Open the opportunity of a booking, or of a walk-in visit."""
    source = OpportunitySource.VISIT if appointment is None else OpportunitySource.BOOKING
    return open_opportunity(
        book, visit.dealership_id, need_of_visit(visit.id), source, at, since=visit, visit_id=visit.id,
        appointment_id=appointment.id if appointment else None, customer_id=visit.customer_id,
        vehicle_id=visit.vehicle_id, advisor_id=visit.advisor_id, pay_type=visit.pay_type,
        amount_minor=appointment.expected_minor if appointment else None,
    )  # fmt: skip


def container_of(book: Book, visit: Visit) -> Opportunity | None:
    """The live opportunity of the whole visit, if there is one."""
    if not visit.walk_in and visit.planned_at is None:
        return None
    return live_opportunity(book, visit.dealership_id, need_of_visit(visit.id), visit.vehicle_id, since=visit)


def episodes_of_container(book: Book, visit: Visit) -> list[Opportunity]:
    """The opportunity of the whole visit, whatever became of it; a second one if it was booked anew."""
    return episodes(book, visit.dealership_id, need_of_visit(visit.id), visit.vehicle_id, since=visit)


def supersede_container(book: Book, visit: Visit, at: datetime) -> None:
    """A line names the work: the container ends without being a loss, and without having been the sale."""
    container = container_of(book, visit)
    if container is not None:
        close(book, container, Cause.SUPERSEDED, at)
        return
    for sold in episodes_of_container(book, visit):
        if sold.state == OpportunityState.WON:
            unsell(sold, sold.won_minor or 0, all_of_it=True)
            close(book, sold, Cause.SUPERSEDED, at)


def settle_container(book: Book, visit: Visit, at: datetime) -> None:
    """The visit took place without any line: the booking was a success at its expected value."""
    container = container_of(book, visit)
    if container is not None:
        sale = Sale(container.amount_minor or 0, RevenueBasis.AUTHORIZED, at, visit.id)
        win(book, container, sale, DecisionKind.COMPLETED)


def is_container(opportunity: Opportunity) -> bool:
    """Whether the opportunity is that of a whole booking or visit."""
    return opportunity.need_key.startswith(OF_VISIT)
