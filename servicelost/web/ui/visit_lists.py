"""Lists of visits as their page shows them: with the people, the car and the sums of the lines.

One visit with its lines is in `visit_page`; which visits there are is asked of the workflow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from servicelost.directory.models import Customer, Dealership, Employee, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.leaving import UNDECIDED_OFFERS
from servicelost.web.ui.labels import LINE_MARKS, VISIT_MARKS, Mark
from servicelost.web.ui.paging import PAGE_SIZE, PageOf, asked_page
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.queries import LineSum, VisitFilter, line_sums, visits_of
from servicelost.workflow.states import VisitState

_S = VisitState
FILTERS: Mapping[str, tuple[str, tuple[VisitState, ...]]] = {
    "house": ("In the house", (_S.RECEPTION, _S.WORK, _S.QUALITY_CONTROL, _S.DELIVERY)),
    "planned": ("Planned", (_S.PLANNING,)),
    "done": ("Delivered", (_S.FOLLOW_UP, _S.CLOSED)),
    "gone": ("Cancelled", (_S.CANCELLED, _S.TURNED_AWAY)),
    "all": ("All", tuple(VisitState)),
}


@dataclass
class VisitRow:
    """A visit in a list; `amounts` are the sums of its lines in minor units, by tone of their state."""

    id: int
    order: str | None
    mark: Mark
    at: datetime | None
    customer: str | None
    car: str
    advisor: str | None
    currency: str
    timezone: str
    to_decide: int = 0
    amounts: dict[str, int] = field(default_factory=dict)


def list_visits(book: Book, wanted: VisitFilter) -> PageOf[VisitRow]:
    """The asked page of the visits that the book's actor may see."""
    found = visits_of(
        book.connection, book.actor.dealership_ids, wanted, page=asked_page(), per_page=PAGE_SIZE
    )
    rows = visit_rows(book, found.visits)
    return PageOf(rows, found.page, found.page < found.pages, total=found.total)


def visit_rows(book: Book, visits: Sequence[Visit]) -> list[VisitRow]:
    """These visits with everything a list shows of them, read with few queries."""
    for model, column in ((Customer, "customer_id"), (Vehicle, "vehicle_id"), (Employee, "advisor_id")):
        book.preload_ids(model, [key for visit in visits if (key := getattr(visit, column)) is not None])
    sums: dict[int, list[LineSum]] = defaultdict(list)
    for found in line_sums(book.connection, [visit.id for visit in visits]):
        sums[found.visit_id].append(found)
    return [_row(book, visit, sums[visit.id]) for visit in visits]


def car_name(vehicle: Vehicle | None) -> str:
    """Make and model, else the plate."""
    if vehicle is None:
        return ""
    return " ".join(part for part in (vehicle.make, vehicle.model) if part) or vehicle.plate or ""


def _row(book: Book, visit: Visit, sums: Iterable[LineSum]) -> VisitRow:
    customer = None if visit.customer_id is None else book.find(Customer, visit.customer_id)
    advisor = None if visit.advisor_id is None else book.find(Employee, visit.advisor_id)
    vehicle = None if visit.vehicle_id is None else book.find(Vehicle, visit.vehicle_id)
    dealership = book.get(Dealership, visit.dealership_id)
    row = VisitRow(
        visit.id,
        visit.source_id,
        VISIT_MARKS[visit.state],
        visit.opened_at or visit.planned_at,
        None if customer is None else customer.name,
        car_name(vehicle),
        None if advisor is None else advisor.name,
        dealership.currency,
        dealership.timezone,
    )
    for found in sums:
        tone = LINE_MARKS[found.state].tone
        row.amounts[tone] = row.amounts.get(tone, 0) + found.amount_minor
        row.to_decide += found.count if found.state in UNDECIDED_OFFERS else 0
    return row
