"""Part of the work taken off: the part is a loss of its own, the rest stays what it is."""

from dataclasses import replace

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.gate import is_loss
from servicelost.opportunities.ledger.subject import Value
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.opening import open_opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.workflow.facts import LineReduced


def cut(book: Book, whole: Opportunity, refusal: Refusal, fact: LineReduced) -> None:
    """Open the part that was taken off as an opportunity of its own and lose it.

    Each reduction of a line is a need of its own, so that two reductions add up.
    """
    if not is_loss(refusal.event, refusal.reason.cause):
        return
    value = Value(
        fact.cut_minor, refusal.value.grade, fact.cut_labour_minor, fact.cut_parts_minor, fact.cut_centihours
    )
    part = open_opportunity(
        book,
        whole.dealership_id,
        f"cut:{fact.line.id}:{fact.at.isoformat()}:{fact.line.amount_minor}",
        OpportunitySource(whole.source),
        whole.opened_at,
        visit_id=fact.visit.id,
        line_id=fact.line.id,
        customer_id=whole.customer_id,
        vehicle_id=whole.vehicle_id,
        category_id=whole.category_id,
        labor_operation_id=whole.labor_operation_id,
        position=whole.position,
        advisor_id=whole.advisor_id,
        technician_id=whole.technician_id,
        severity=whole.severity,
        pay_type=whole.pay_type,
        amount_minor=fact.cut_minor,
    )
    refuse(book, part, replace(refusal, value=value))
