"""A lead from outside opens an opportunity; distributing and answering leads is the leads room's."""

from datetime import datetime

from servicelost.directory.models import ServiceCategory
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.needs import need_of_call
from servicelost.opportunities.pipeline.opening import open_opportunity
from servicelost.taxonomy.sources import OpportunitySource


def open_lead(
    book: Book, *, dealership_id: int, source: str, source_id: str, at: datetime, customer_id: int | None,
    vehicle_id: int | None, service: ServiceCategory | None, expected_minor: int | None,
) -> Opportunity:  # fmt: skip
    """The live opportunity of the lead's need; the same lead, or the same need, again joins it."""
    own_key = f"lead:{source}:{source_id}"[:200]
    return open_opportunity(
        book,
        dealership_id,
        need_of_call(None, customer_id, service, own_key),
        OpportunitySource.LEAD_EXTERNAL,
        at,
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        category_id=service.id if service else None,
        amount_minor=expected_minor,
    )
