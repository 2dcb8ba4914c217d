"""Services, operations, causes and competitors, and reading in bulk, on a real database."""

from collections.abc import Iterator
from typing import Any

import pytest

from servicelost.administration.audit import audit_of
from servicelost.directory.causes import deactivate_cause, define_cause, list_causes, resolve_cause
from servicelost.directory.competitors import ensure_competitor
from servicelost.directory.customers import (
    upsert_customer,
)
from servicelost.directory.models import (
    CUSTOMER_BY_SOURCE,
    READINGS_OF_VEHICLE,
    VEHICLE_BY_SOURCE,
    Customer,
    OdometerReading,
    ServiceCategory,
    Vehicle,
)
from servicelost.directory.services import (
    ensure_operation,
    ensure_service,
    list_services,
    map_service,
    service_of_category,
)
from servicelost.directory.vehicles import (
    upsert_vehicle,
)
from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, Forbidden, InvalidInput, RuleViolation
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from tests.office import NOW, Office
from tests.statements import statements


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    office = Office(database_url)
    yield office
    office.engine.dispose()


# Dealerships


def test_a_service_is_one_however_it_is_written(office: Office) -> None:
    with office.work() as book:
        first = ensure_service(book, office.north, "Rotate tires")
    with office.work() as book:
        again = ensure_service(book, office.north, " ROTATE\tTires ", ServiceCategoryCode.TYRE_SERVICE)
        assert (again.id, again.name, again.standard, again.distinct) == (
            first.id,
            "Rotate tires",
            "TYRE_SERVICE",
            True,
        )
        ensure_service(book, office.north, "Rotate tires", ServiceCategoryCode.OTHER)
        assert again.standard == "TYRE_SERVICE"
        assert ensure_service(book, office.south, "Rotate tires").id != first.id
    assert office.count(ServiceCategory) == 2


@pytest.mark.parametrize(
    ("name", "distinct"), [("Other", False), (" OTHER ", False), ("Other Diagnosis", True)]
)
def test_other_names_no_single_need(office: Office, name: str, distinct: bool) -> None:
    with office.work() as book:
        assert ensure_service(book, office.north, name).distinct == distinct


def test_a_bare_category_becomes_a_service(office: Office) -> None:
    with office.work() as book:
        battery = service_of_category(book, office.north, ServiceCategoryCode.BATTERY)
        assert service_of_category(book, office.north, ServiceCategoryCode.BATTERY) is battery
        assert (battery.name, battery.standard, battery.distinct) == ("Battery", "BATTERY", True)
        assert not service_of_category(book, office.north, ServiceCategoryCode.OTHER).distinct


def test_a_manager_maps_a_service(office: Office) -> None:
    with office.work() as book:
        ensure_service(book, office.north, "Zustand")
        extra = ensure_service(book, office.north, "Extra")
    with office.work(office.manager()) as book:
        extra = book.get(ServiceCategory, extra.id)
        for _ in range(2):
            map_service(book, extra, ServiceCategoryCode.BODYWORK, distinct=False)
    with office.work() as book:
        assert [(row.name, row.standard) for row in list_services(book, office.north)] == [
            ("Extra", "BODYWORK"),
            ("Zustand", None),
        ]
        assert len(audit_of(book, "service_category", extra.id)) == 1
    with pytest.raises(Forbidden), office.work(office.advisor()) as book:
        map_service(book, book.get(ServiceCategory, extra.id), None, distinct=True)


def test_an_operation_is_filled_by_what_comes_later(office: Office) -> None:
    with office.work() as book:
        ensure_operation(book, office.north, "br01")
        ensure_operation(book, office.north, "BR01", "Front pads", ServiceCategoryCode.BRAKE_PADS)
        row = ensure_operation(book, office.north, "BR01", "Something else", ServiceCategoryCode.OTHER)
        assert (row.op_code, row.description, row.standard) == ("BR01", "Front pads", "BRAKE_PADS")


def test_a_cause_of_its_own_stands_for_a_standard_one_for_good(office: Office) -> None:
    with office.work(office.manager()) as book:
        define_cause(book, office.north, "SNOW", "Snow on the road", Cause.NO_TIME)
        define_cause(book, office.north, "SNOW", "Snow", Cause.NO_TIME)
        stated = resolve_cause(book, office.north, "SNOW")
        assert stated.own is not None
        assert (stated.standard, stated.own.label) == (Cause.NO_TIME, "Snow")
        with pytest.raises(Conflict, match="NO_TIME"):
            define_cause(book, office.north, "SNOW", "Snow", Cause.DIY)
        with pytest.raises(Conflict, match="standard"):
            define_cause(book, office.north, "DIY", "Self", Cause.DIY)
        with pytest.raises(InvalidInput, match="capital"):
            define_cause(book, office.north, "snow!", "Snow", Cause.NO_TIME)


def test_a_cause_is_switched_off_not_deleted(office: Office) -> None:
    with office.work(office.manager()) as book:
        define_cause(book, office.north, "SNOW", "Snow", Cause.NO_TIME)
    with office.work(office.manager()) as book:
        deactivate_cause(book, office.north, "SNOW")
        deactivate_cause(book, office.north, "SNOW")
    with office.work(office.manager()) as book:
        with pytest.raises(RuleViolation, match="no longer in use"):
            resolve_cause(book, office.north, "SNOW")
        assert [row.active for row in list_causes(book, office.north)] == [False]
        define_cause(book, office.north, "SNOW", "Snow", Cause.NO_TIME)
        assert resolve_cause(book, office.north, "SNOW").standard is Cause.NO_TIME
    with office.work(office.advisor()) as book:
        with pytest.raises(Forbidden):
            deactivate_cause(book, office.north, "SNOW")
        with pytest.raises(InvalidInput, match="did you mean SNOW"):
            resolve_cause(book, office.north, "SNOWS")
        assert resolve_cause(book, office.north, "DIY") == (Cause.DIY, None)
    with pytest.raises(InvalidInput), office.work() as book:
        resolve_cause(book, office.south, "SNOW")


def test_a_competitor_is_one_however_it_is_written(office: Office) -> None:
    with office.work() as book:
        first = ensure_competitor(book, office.north, "Quick  Brakes")
        assert ensure_competitor(book, office.north, "QUICK BRAKES ") is first
        assert first.name == "Quick Brakes"


# Many at once


def test_a_preloaded_batch_reads_with_a_few_queries_and_unchanged_rows_write_nothing(office: Office) -> None:
    def batch(book: Book) -> None:
        for number in range(300):
            person: Any = {"id": f"C{number}", "name": f"Name {number}", "phone": f"030 90{number:04}"}
            owner = upsert_customer(book, office.north, "dms", person, NOW)
            car: Any = {"id": f"V{number}", "model": "Golf", "odometer": 1000 + number}
            upsert_vehicle(book, office.north, "dms", car, NOW, owner)
            ensure_service(book, office.north, f"Service {number % 7}")

    with office.work() as book:
        batch(book)
    with statements() as sent, office.work() as book:
        keys = [(office.north.id, "dms", f"{number}") for number in range(300)]
        book.preload(CUSTOMER_BY_SOURCE, [(*key[:2], "C" + key[2]) for key in keys])
        book.preload(VEHICLE_BY_SOURCE, [(*key[:2], "V" + key[2]) for key in keys])
        cars = [book.one(VEHICLE_BY_SOURCE, *key[:2], "V" + key[2]) for key in keys]
        book.preload(READINGS_OF_VEHICLE, [(car.id,) for car in cars if car])
        batch(book)
    assert not [words for words in sent if words.startswith(("INSERT", "UPDATE", "COPY"))]
    # SQLite is asked key by key: there is no way to and fro that a list of keys would save.
    assert len(sent) == (3 if office.engine.dialect.name == "postgresql" else 900) + 7
    assert (office.count(Customer), office.count(Vehicle), office.count(OdometerReading)) == (300, 300, 300)
