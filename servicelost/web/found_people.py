"""What there is to say of customers and cars that a search found: who, which car, here last, what is open.

Read with few queries, however many were found. Which were found, and in which order, is not decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from servicelost.directory.models import Customer, Dealership, Vehicle
from servicelost.directory.searching import CarsOf, cars_of
from servicelost.kernel.book import Book
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.queries import OpenWork, open_work
from servicelost.workflow.models.visits import Visit


class Subject(NamedTuple):
    """A customer, or a car, that was found; with the newest visit, if there is one."""

    row_id: int
    is_car: bool
    visit_id: int | None


@dataclass(frozen=True)
class FoundPerson:
    """A customer with the car that came last, or a car with its owner; `cars` is how many he has."""

    dealership: Dealership
    customer: Customer | None
    vehicle: Vehicle | None
    cars: int
    visit: Visit | None
    open_work: OpenWork


def describe_people(book: Book, subjects: Sequence[Subject]) -> list[FoundPerson]:
    """Everything to be said of them, in their order."""
    people = [subject.row_id for subject in subjects if not subject.is_car]
    cars = [subject.row_id for subject in subjects if subject.is_car]
    owned = cars_of(book.connection, people)
    work = {
        False: open_work(book.connection, Opportunity.customer_id, people),
        True: open_work(book.connection, Opportunity.vehicle_id, cars),
    }
    book.preload_ids(Visit, _known(subject.visit_id for subject in subjects))
    book.preload_ids(Vehicle, _known(_car_id(book, subject, owned) for subject in subjects))
    book.preload_ids(Customer, [*people, *_known(book.get(Vehicle, car).customer_id for car in cars)])
    return [_person(book, subject, owned, work[subject.is_car]) for subject in subjects]


def _person(
    book: Book, subject: Subject, owned: Mapping[int, CarsOf], work: Mapping[int, OpenWork]
) -> FoundPerson:
    car_id = _car_id(book, subject, owned)
    vehicle = None if car_id is None else book.find(Vehicle, car_id)
    customer_id = (vehicle.customer_id if vehicle else None) if subject.is_car else subject.row_id
    customer = None if customer_id is None else book.find(Customer, customer_id)
    row = customer or vehicle
    assert row is not None  # one of them was found
    return FoundPerson(
        book.get(Dealership, row.dealership_id), customer, vehicle,
        1 if subject.is_car or subject.row_id not in owned else owned[subject.row_id].cars,
        None if subject.visit_id is None else book.get(Visit, subject.visit_id),
        work.get(subject.row_id, OpenWork()),
    )  # fmt: skip


def _car_id(book: Book, subject: Subject, owned: Mapping[int, CarsOf]) -> int | None:
    """The car itself; of a customer the one that was here last, else the one known last."""
    if subject.is_car:
        return subject.row_id
    visit = None if subject.visit_id is None else book.get(Visit, subject.visit_id)
    if visit is not None and visit.vehicle_id is not None:
        return visit.vehicle_id
    return owned[subject.row_id].latest_id if subject.row_id in owned else None


def _known(ids: Iterable[int | None]) -> list[int]:
    return [row_id for row_id in ids if row_id is not None]
