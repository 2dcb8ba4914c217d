"""What a car was told on other visits and did not have done, read with one query for the page of its visit.

Putting it before the customer again is in `second_chances`.
"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, exists, select

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Dealership, ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.clock import as_utc
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.pipeline.models import Decision, Opportunity, Presentation
from servicelost.opportunities.pipeline.needs import OWN_NEED
from servicelost.opportunities.pipeline.second_chance import IN_THE_HOUSE, NOT_THIS_TIME
from servicelost.opportunities.pipeline.states import DecisionKind, OpportunityState
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.web.languages import gettext as _
from servicelost.web.ui.labels import Mark
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

_MARKS = {
    OpportunityState.LOST: Mark("Declined", "lost"),
    OpportunityState.DEFERRED: Mark("Postponed", "deferred"),
}
_MOST = 20


class Earlier(NamedTuple):
    """Work for this car that was turned down or put off on another visit.

    `why` is the recorded cause in words; `can_add` whether it can be put on this visit; `left` whether it
    was said on this visit that it is not for this time.
    """

    id: int
    service: str
    severity: str | None
    amount_minor: int | None
    state: Mark
    said_on: date | None
    why: str | None
    until: date | None
    until_km: int | None
    due: bool
    visit_id: int | None
    can_add: bool
    left: bool


def earlier_work(book: Book, visit: Visit) -> list[Earlier]:
    """The work of this car that is still to be had, what is most urgent first."""
    if visit.vehicle_id is None:
        return []
    dealership = book.get(Dealership, visit.dealership_id)
    today = local_day(dealership, book.now)
    found = [_earlier(visit, dealership, row, today) for row in book.connection.execute(_query(visit))]
    return sorted(found, key=lambda old: (old.left, not old.due, -(old.amount_minor or 0), old.id))


def _query(visit: Visit) -> Any:
    here = exists().where(Presentation.opportunity_id == Opportunity.id, Presentation.visit_id == visit.id)
    left = exists().where(
        Decision.opportunity_id == Opportunity.id, Decision.visit_id == visit.id,
        Decision.kind == DecisionKind.NOTED, Decision.note == NOT_THIS_TIME,
    )  # fmt: skip
    return (
        select(
            Opportunity.id, Opportunity.visit_id, Opportunity.amount_minor, Opportunity.state,
            Opportunity.need_key, Opportunity.severity, Opportunity.deferred_until,
            Opportunity.deferred_until_km, Opportunity.deferred_cause, Opportunity.last_decision_at,
            ServiceCategory.name.label("service"), Line.description, LedgerEntry.cause,
            LedgerEntry.cause_basis, LedgerEntry.decided_at, left.label("left"),
        )
        .outerjoin(ServiceCategory, ServiceCategory.id == Opportunity.category_id)
        .outerjoin(Line, Line.id == Opportunity.line_id)
        .outerjoin(LedgerEntry, LedgerEntry.id == Opportunity.loss_id)
        .where(
            Opportunity.vehicle_id == visit.vehicle_id, Opportunity.dealership_id == visit.dealership_id,
            Opportunity.live == 1, Opportunity.state.in_(sorted(_MARKS)), ~here,
            Opportunity.visit_id.is_distinct_from(visit.id),
        )
        .order_by(Opportunity.amount_minor.desc(), Opportunity.id)
        .limit(_MOST)
    )  # fmt: skip


def _earlier(visit: Visit, dealership: Dealership, row: Row[Any], today: date) -> Earlier:
    can_add = not row.need_key.startswith(OWN_NEED) and visit.state in IN_THE_HOUSE
    km, at = row.deferred_until_km, row.decided_at or row.last_decision_at
    due = (row.deferred_until is not None and row.deferred_until <= today) or (
        km is not None and (visit.odometer_km or 0) >= km
    )
    return Earlier(
        row.id, row.description or row.service or _("Other work"), row.severity, row.amount_minor,
        _MARKS[row.state], None if at is None else local_day(dealership, as_utc(at)), _why(row),
        row.deferred_until, km, due, row.visit_id, can_add, row.left,
    )  # fmt: skip


def _why(row: Row[Any]) -> str | None:
    cause = row.cause if row.cause_basis == "STATED" else row.deferred_cause
    return None if cause is None else _(CAUSES[Cause(cause)].label).lower()
