"""Rows as the API shows them: amounts as decimals, references resolved, what can be done next."""

from decimal import Decimal
from typing import Any

from servicelost.directory.models import Customer, Dealership, ServiceCategory, Vehicle
from servicelost.kernel.book import Book
from servicelost.kernel.money import from_minor
from servicelost.workflow.models.lines import LINES_OF_VISIT, Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import LINE_MACHINE, LineState


def visit_shape(book: Book, visit: Visit) -> dict[str, Any]:
    """The visit with its lines, ready for `VisitSchema`."""
    return {
        **visit.__dict__,
        "dealership": book.get(Dealership, visit.dealership_id).code,
        "customer": visit.customer_id and book.find(Customer, visit.customer_id),
        "vehicle": visit.vehicle_id and book.find(Vehicle, visit.vehicle_id),
        "lines": [line_shape(book, line) for line in book.many(LINES_OF_VISIT, visit.id)],
    }


def line_shape(book: Book, line: Line) -> dict[str, Any]:
    """The line, ready for `LineSchema`."""
    currency = book.get(Dealership, line.dealership_id).currency
    service = line.category_id and book.find(ServiceCategory, line.category_id)
    return {
        **line.__dict__,
        "service": service.name if service else None,
        "currency": currency,
        "amount": money(line.amount_minor, currency),
        "labour": money(line.labour_minor, currency),
        "parts": money(line.parts_minor, currency),
        "hours": None if line.centihours is None else Decimal(line.centihours).scaleb(-2),
        "deferred_until_odometer": line.deferred_until_km,
        "actions": [action.value for action in LINE_MACHINE.legal(LineState(line.state))],
    }


def money(minor: int | None, currency: str) -> Decimal | None:
    """The amount with the currency's own number of decimals."""
    return None if minor is None else from_minor(minor, currency)
