"""The problems that this car and its customer have told and that are not solved, read with one query.

Recording and solving them is in `complaints`.
"""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import or_, select

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Dealership, ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.clock import as_utc
from servicelost.opportunities.followup.models import Problem
from servicelost.opportunities.followup.problems import ProblemState
from servicelost.workflow.models.visits import Visit

_COMES_BACK_WITHIN = timedelta(days=180)
_MOST = 50


class Told(NamedTuple):
    """A problem as the page shows it; `times` is how often this car had it lately, this time included."""

    id: int
    text: str
    severity: str | None
    service: str | None
    told_on: date
    visit_id: int | None
    is_open: bool
    resolution: str | None
    times: int


def open_problems(book: Book, visit: Visit) -> list[Told]:
    """What is not solved yet, and what was told on this very visit, the newest first."""
    whose = [
        column == known
        for column, known in (
            (Problem.vehicle_id, visit.vehicle_id),
            (Problem.customer_id, visit.customer_id),
        )
        if known is not None
    ]
    # A problem told on a visit has its car and customer: by these it is found through an index.
    whose = whose or [Problem.visit_id == visit.id]
    query = (
        select(Problem.__table__, ServiceCategory.name.label("service"))
        .select_from(Problem.__table__.outerjoin(ServiceCategory, ServiceCategory.id == Problem.category_id))
        .where(Problem.dealership_id == visit.dealership_id, or_(*whose))
        .order_by(Problem.occurred_at.desc(), Problem.id.desc())
        .limit(_MOST)
    )
    rows = book.connection.execute(query).all()
    since, dealership = book.now - _COMES_BACK_WITHIN, book.get(Dealership, visit.dealership_id)
    times = Counter(
        row.category_id
        for row in rows
        if row.category_id is not None
        and row.vehicle_id == visit.vehicle_id
        and as_utc(row.occurred_at) >= since
    )
    return [
        Told(
            row.id, row.text, row.severity, row.service, local_day(dealership, as_utc(row.occurred_at)),
            row.visit_id, row.state == ProblemState.OPEN, row.resolution, times.get(row.category_id, 1),
        )
        for row in rows
        if row.state == ProblemState.OPEN or row.visit_id == visit.id
    ]  # fmt: skip
