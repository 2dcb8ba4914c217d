"""Searching over the API; the text comes in the body, since personal data does not belong into addresses."""

from typing import Any

from servicelost.directory.models import Customer, Dealership, Vehicle
from servicelost.kernel.book import Book
from servicelost.web.api.blueprint import endpoint
from servicelost.web.api.shapes import money
from servicelost.web.current import current_runtime
from servicelost.web.found_people import FoundPerson
from servicelost.web.identity import current_actor
from servicelost.web.permissions import Action
from servicelost.web.schemas.search import FoundSchema, SearchSchema
from servicelost.web.searching import Found, Group, search
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.visits import Visit


@endpoint("POST", "/search", Action.SEARCH, tag="visits", answer=FoundSchema, body=SearchSchema)
def find_anything(body: dict[str, Any]) -> dict[str, Any]:
    """Find customers, cars, visits and appointments

    By name, plate, telephone number, end of a VIN or order number; a text of fewer than two letters or digits
    finds nothing. It changes nothing: the text comes in the body to keep personal data out of addresses.
    """
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _shape(book, search(book, body["text"]))


def _shape(book: Book, found: Found) -> dict[str, Any]:
    groups: dict[str, Group[Any]] = {
        "people": found.people,
        "visits": found.visits,
        "appointments": found.appointments,
    }
    return {
        "people": [_person(person) for person in found.people.rows],
        "visits": [_with_names(book, visit) for visit in found.visits.rows],
        "appointments": [_with_names(book, row) for row in found.appointments.rows],
        "more": [name for name, group in groups.items() if group.more],
    }


def _person(person: FoundPerson) -> dict[str, Any]:
    currency = person.dealership.currency
    return {
        "dealership": person.dealership.code,
        "customer": person.customer,
        "vehicle": person.vehicle,
        "cars": person.cars,
        "newest_visit_id": person.visit and person.visit.id,
        "open_work": {
            "lines": person.open_work.lines,
            "amount": money(person.open_work.amount_minor, currency),
            "currency": currency,
        },
    }


def _with_names(book: Book, row: Visit | Appointment) -> dict[str, Any]:
    return {
        **row.__dict__,
        "dealership": book.get(Dealership, row.dealership_id).code,
        "customer": row.customer_id and book.find(Customer, row.customer_id),
        "vehicle": row.vehicle_id and book.find(Vehicle, row.vehicle_id),
    }
