"""A visit is left with work undecided: the one question why, and what each answer comes to.

Who brings the car to delivery or closes the order by hand is asked first. The cause behind an answer is a
pure rule; that a quote is still open is kept, with a task to ask again.
"""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from servicelost.directory.calendar import local_day, start_of_day
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.followup.tasks import TaskState, open_task
from servicelost.opportunities.pipeline.decisions import record_decision
from servicelost.opportunities.pipeline.likely_causes import Evidence, signs_of
from servicelost.opportunities.pipeline.opening import opportunity_of_line
from servicelost.opportunities.pipeline.states import DecisionKind, Effect
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.guards import check_order_open
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import MOVE_TO, VISIT_MACHINE, LineState, VisitAction, VisitState
from servicelost.workflow.visits import close_visit, move_visit

ASK_AGAIN = "ASK_AGAIN"
STILL_OPEN = "still open"
UNDECIDED = "UNDECIDED"
UNDECIDED_OFFERS = frozenset({LineState.RECOMMENDED, LineState.QUOTED})
# Where a car goes when nobody will decide about it in the workshop any more.
LEAVING_FOR = frozenset({VisitState.DELIVERY, VisitState.FOLLOW_UP, VisitState.CLOSED})
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


def undecided_lines(book: Book, visit: Visit) -> list[Line]:
    """The work of the visit that is recommended or offered, and that nobody has decided about."""
    return [line for line in book.many(LINES_OF_VISIT, visit.id) if line.state in UNDECIDED_OFFERS]


def check_decided(book: Book, visit: Visit, to: VisitState) -> None:
    """Refuse to let the visit go there before the one question is answered; RuleViolation UNDECIDED.

    A move that is not possible anyhow is not asked about.
    """
    action = VisitAction.CLOSE if to is VisitState.CLOSED else VisitAction(MOVE_TO[to.value])
    if to not in LEAVING_FOR or not VISIT_MACHINE.can(VisitState(visit.state), action):
        return
    lines = undecided_lines(book, visit)
    if lines:
        message = f"{len(lines)} of the lines are undecided: say why before the car goes on"
        raise RuleViolation(UNDECIDED, message, field="to", value=to.value)


def move_on(book: Book, visit: Visit, to: VisitState) -> Visit:
    """Bring the visit to a stage, or close its order; raises RuleViolation or IllegalMove."""
    check_order_open(visit)
    if to is VisitState.CLOSED:
        return close_visit(book, visit, at=book.now)
    return move_visit(book, visit, Stage(to.value), at=book.now)


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


def still_asks(book: Book, task: Task) -> bool:
    """Whether the task is open, and work of the visit that it asks about is undecided."""
    if task.kind != ASK_AGAIN or task.state != TaskState.OPEN or task.visit_id is None:
        return False
    return bool(undecided_lines(book, book.get(Visit, task.visit_id)))
