"""A second chance: work turned down or put off before is put before the customer again on another visit.

It is recommended anew under the same name, so that a sale of it is recognised as recovery. Nothing is lost or
won here.
"""

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.models import PRESENTATIONS_OF_OPPORTUNITY, Opportunity
from servicelost.opportunities.pipeline.needs import OWN_NEED
from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.taxonomy.paytypes import PayType
from servicelost.taxonomy.severity import Severity
from servicelost.workflow.lines import LineDraft, recommend_line
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import VisitState

IN_THE_HOUSE = frozenset(
    {VisitState.RECEPTION, VisitState.WORK, VisitState.QUALITY_CONTROL, VisitState.DELIVERY}
)
SECOND_CHANCE = frozenset({OpportunityState.LOST, OpportunityState.DEFERRED})
BY_HAND = "desk"
NOT_THIS_TIME = "not this time"


def has_name(opportunity: Opportunity) -> bool:
    """Whether the work has a name of its own, by which it is known again on another visit."""
    return not opportunity.need_key.startswith(OWN_NEED)


def offer_again(book: Book, opportunity: Opportunity, visit: Visit) -> Line:
    """Recommend the work on this visit at its last price; asked twice it is the same line.

    Raises RuleViolation NO_SECOND_CHANCE or NOT_IN_THE_HOUSE.
    """
    source_id = f"again-{opportunity.id}"
    known = _line_here(book, opportunity, visit)
    if known is not None:
        return known
    _check(opportunity, visit)
    line = _newest_line(book, opportunity)
    if line is None or not has_name(opportunity):
        message = "this work has no service of its own: recommend it on this visit in the dealer's system"
        raise RuleViolation("NO_SECOND_CHANCE", message, field="opportunity", value=str(opportunity.id))
    return recommend_line(book, visit, _draft(line, source_id), at=book.now)


def leave_for_now(book: Book, opportunity: Opportunity, visit: Visit) -> None:
    """The customer was not asked, or did not want it today either: kept as a word, nothing changes by it.

    Raises RuleViolation NO_SECOND_CHANCE or NOT_IN_THE_HOUSE.
    """
    _check(opportunity, visit)
    record_decision(
        book, opportunity, DecisionKind.NOTED, Effect.NONE, book.now, visit_id=visit.id, note=NOT_THIS_TIME
    )


def _check(opportunity: Opportunity, visit: Visit) -> None:
    same_car = visit.vehicle_id is not None and opportunity.vehicle_id == visit.vehicle_id
    here = opportunity.dealership_id == visit.dealership_id
    if not (same_car and here and opportunity.live and opportunity.state in SECOND_CHANCE):
        message = "this work is not open any more: it was sold, done elsewhere or closed"
        raise RuleViolation("NO_SECOND_CHANCE", message, field="opportunity", value=str(opportunity.id))
    if visit.state not in IN_THE_HOUSE:
        message = f"the visit is {visit.state}: work is offered again while the car is in the house"
        raise RuleViolation("NOT_IN_THE_HOUSE", message, field="visit", value=visit.state)


def _line_here(book: Book, opportunity: Opportunity, visit: Visit) -> Line | None:
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    here = next((row for row in presented if row.visit_id == visit.id), None)
    return None if here is None else book.get(Line, here.line_id)


def _newest_line(book: Book, opportunity: Opportunity) -> Line | None:
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    newest = max(presented, key=lambda row: (row.presented_at, row.id), default=None)
    return None if newest is None else book.get(Line, newest.line_id)


def _draft(line: Line, source_id: str) -> LineDraft:
    return LineDraft(
        source=BY_HAND, source_id=source_id, labor_operation_id=line.labor_operation_id,
        category_id=line.category_id, position=line.position, description=line.description,
        severity=Severity(line.severity) if line.severity else None,
        pay_type=PayType(line.pay_type) if line.pay_type else None, labour_minor=line.labour_minor,
        parts_minor=line.parts_minor, amount_minor=line.amount_minor, centihours=line.centihours,
        part_number=line.part_number, skill=line.skill,
    )  # fmt: skip
