"""Problems with the car or the service that customers told, from record to resolution."""

from datetime import datetime
from enum import StrEnum

from servicelost.kernel.book import Book
from servicelost.kernel.errors import NotYet
from servicelost.kernel.machine import Machine
from servicelost.opportunities.followup.models import PROBLEM_BY_SOURCE, Problem


class ProblemState(StrEnum):
    """Where a problem stands."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class ProblemAction(StrEnum):
    """What can be done with a problem."""

    RESOLVE = "RESOLVE"


PROBLEM_MACHINE: Machine[ProblemState, ProblemAction] = Machine(
    "problem", {(ProblemState.OPEN, ProblemAction.RESOLVE): ProblemState.RESOLVED}
)


def record_problem(
    book: Book, *, dealership_id: int, source: str, source_id: str, at: datetime, text: str,
    visit_id: int | None = None, customer_id: int | None = None, vehicle_id: int | None = None,
    category_id: int | None = None, severity: str | None = None,
) -> Problem:  # fmt: skip
    """Record a problem once; the same id again gives the one that is there."""
    known = book.one(PROBLEM_BY_SOURCE, dealership_id, source, source_id)
    if known is not None:
        return known
    return book.add(
        Problem(
            dealership_id=dealership_id, source=source, source_id=source_id, state=ProblemState.OPEN,
            visit_id=visit_id, customer_id=customer_id, vehicle_id=vehicle_id, category_id=category_id,
            severity=severity, text=text, recorded_at=book.now, occurred_at=at,
        )
    )  # fmt: skip


def resolve_problem(
    book: Book, *, dealership_id: int, source: str, source_id: str, at: datetime, resolution: str | None
) -> Problem:
    """The problem is solved; solving it again changes nothing. Raises NotYet for an unknown one."""
    problem = book.one(PROBLEM_BY_SOURCE, dealership_id, source, source_id)
    if problem is None:
        raise NotYet(f"complaint:{source_id}", f"complaint {source_id!r} is not known yet")
    if problem.state != ProblemState.RESOLVED:
        problem.state = PROBLEM_MACHINE.next(ProblemState(problem.state), ProblemAction.RESOLVE)
        problem.resolved_at, problem.resolution = at, resolution
    return problem
