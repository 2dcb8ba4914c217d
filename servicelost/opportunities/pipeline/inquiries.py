"""Somebody asked what it costs, or when there is time, and did not book: an opportunity lost at the lead.

The call or conversation itself is a fact of the workflow; here is what it means for the money.
"""

from servicelost.directory.models import ServiceCategory
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.subject import Value
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.needs import need_of_call
from servicelost.opportunities.pipeline.opening import open_opportunity
from servicelost.opportunities.pipeline.settling import Refusal, refuse
from servicelost.opportunities.pipeline.states import DecisionKind
from servicelost.opportunities.pipeline.valuation import value_of_opportunity
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.models.signals import Call
from servicelost.workflow.reason import Reason


def lose_inquiry(
    book: Book, call: Call, service: ServiceCategory | None, *, quoted_minor: int | None, reason: Reason
) -> Opportunity:
    """Record that this inquiry led to no booking, for the price that was named, else what is usual.

    Raises RuleViolation for a cause that does not go with it. Not idempotent: ask once a call.
    """
    opportunity = open_opportunity(
        book,
        call.dealership_id,
        need_of_call(call.phone_key, call.customer_id, service, f"call:{call.id}"),
        OpportunitySource.CALL,
        call.occurred_at,
        call_id=call.id,
        customer_id=call.customer_id,
        category_id=service.id if service else None,
    )
    if quoted_minor is not None:
        opportunity.amount_minor = quoted_minor
        value = Value(quoted_minor, Grade.B)
    else:
        value = value_of_opportunity(book, opportunity)
    document = f"inquiry {call.source}: {call.source_id}"[:200]
    refusal = Refusal(
        DecisionKind.REJECTED, LossEvent.LEAD_REJECTED, Stage.LEAD, reason, value, call.occurred_at,
        document=document,
    )  # fmt: skip
    refuse(book, opportunity, refusal)
    return opportunity
