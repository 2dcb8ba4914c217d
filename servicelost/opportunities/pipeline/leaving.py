"""A visit is left with work undecided: the one question why, and what each answer comes to.

The cause behind an answer is a pure rule; that a quote is still open is kept, with a task to ask again.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from servicelost.directory.calendar import local_day, start_of_day
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.followup.tasks import open_task
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.likely_causes import Evidence, signs_of
from servicelost.opportunities.pipeline.opening import opportunity_of_line
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.taxonomy.causes import Cause
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import LineState

ASK_AGAIN = "ASK_AGAIN"
STILL_OPEN = "still open"
UNDECIDED_OFFERS = frozenset({LineState.RECOMMENDED, LineState.QUOTED})
# When people are at their desks; a task of midnight would be late before anybody is there.
_MORNING = timedelta(hours=9)


class Leaving(StrEnum):
    """The answers to the one question."""

    AVAILABILITY = "AVAILABILITY"
    PRICE = "PRICE"
    TIME = "TIME"
    OTHER = "OTHER"
    STILL_OPEN = "STILL_OPEN"


_CAUSES = {Leaving.PRICE: Cause.PRICE_TOO_HIGH, Leaving.TIME: Cause.NO_TIME, Leaving.OTHER: Cause.OTHER}


def cause_of_leaving(answer: Leaving, evidence: Evidence, *, needs_part: bool) -> Cause | None:
    """The cause an answer states for a line; None while it is still open.

    Availability is the part or the slot: as the evidence says, else by whether the line names a part.
    """
    if answer is Leaving.STILL_OPEN:
        return None
    if answer is not Leaving.AVAILABILITY:
        return _CAUSES[answer]
    known = [cause for cause in signs_of(evidence) if cause in (Cause.MISSING_PARTS, Cause.NO_CAPACITY)]
    return known[0] if known else (Cause.MISSING_PARTS if needs_part else Cause.NO_CAPACITY)


def leave_open(book: Book, visit: Visit, lines: Iterable[Line]) -> Task | None:
    """Keep that the customer has not decided yet, and ask the advisor to ask again the next morning."""
    open_needs = [need for line in lines if (need := opportunity_of_line(book, line)) is not None]
    for need in open_needs:
        record_decision(
            book, need, DecisionKind.NOTED, Effect.NONE, book.now, visit_id=visit.id, note=STILL_OPEN
        )
    if not open_needs:
        return None
    dealership = book.get(Dealership, visit.dealership_id)
    tomorrow = local_day(dealership, book.now) + timedelta(days=1)
    dearest = max(open_needs, key=lambda need: (need.amount_minor or 0, -need.id))
    return open_task(
        book, ASK_AGAIN, due_at=start_of_day(dealership, tomorrow) + _MORNING,
        dealership_id=visit.dealership_id, opportunity_id=dearest.id, customer_id=visit.customer_id,
        visit_id=visit.id, owner_id=visit.advisor_id or book.actor.employee_id,
    )  # fmt: skip
