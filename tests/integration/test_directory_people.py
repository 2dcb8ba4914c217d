"""Customers, their consent, cars and employees, on a real database."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from servicelost.administration.audit import audit_of
from servicelost.directory.consents import current_consent, record_consent
from servicelost.directory.customers import (
    CustomerData,
    find_customer,
    record_deceased,
    record_moved,
    upsert_customer,
)
from servicelost.directory.employees import (
    grant_dealership,
    note_employee,
    revoke_dealership,
    upsert_employee,
    visible_dealerships,
)
from servicelost.directory.events import CustomerDeceased, CustomerMoved, VehicleSold, VehicleTotalled
from servicelost.directory.models import (
    READINGS_OF_VEHICLE,
    Consent,
    Customer,
    OdometerReading,
    Vehicle,
)
from servicelost.directory.vehicles import (
    DistanceUnit,
    find_vehicle,
    record_odometer,
    record_sold,
    record_totalled,
    upsert_vehicle,
)
from servicelost.kernel.actor import Role
from servicelost.kernel.errors import Forbidden, InvalidInput
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel
from tests.office import DAY, NOW, Office

ANNA: CustomerData = {
    "id": "C1",
    "name": " Anna  Jansen ",
    "phone": "030 901820",
    "email": "Anna@Example.com",
    "language": "de",
}


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    office = Office(database_url)
    yield office
    office.engine.dispose()


# Dealerships


def test_a_customer_is_kept_tidy_and_only_what_is_sent_changes(office: Office) -> None:
    with office.work() as book:
        upsert_customer(book, office.north, "dms", ANNA, NOW)
    with office.work() as book:
        upsert_customer(book, office.north, "dms", {"id": " C1 ", "fleet": True, "email": None}, NOW + DAY)
    with office.work() as book:
        anna = find_customer(book, office.north, "dms", "C1")
        assert anna is not None
        assert (anna.name, anna.phone, anna.phone_e164) == ("Anna Jansen", "030 901820", "+4930901820")
        assert (anna.email, anna.email_key, anna.fleet, anna.language) == (None, None, True, "de")
        assert anna.version == 2


def test_saying_the_same_again_writes_nothing(office: Office) -> None:
    for days in (0, 1, 2):
        with office.work() as book:
            upsert_customer(book, office.north, "dms", ANNA, NOW + days * DAY)
    with office.work() as book:
        anna = find_customer(book, office.north, "dms", "C1")
        assert anna is not None
        assert (anna.version, anna.as_of) == (1, NOW)
    assert office.count(Customer) == 1


def test_late_news_only_fills_what_was_empty(office: Office) -> None:
    with office.work() as book:
        upsert_customer(book, office.north, "dms", {"id": "C1", "name": "Anna New"}, NOW)
        anna = upsert_customer(book, office.north, "dms", ANNA, NOW - DAY)
        assert (anna.name, anna.phone_e164, anna.as_of) == ("Anna New", "+4930901820", NOW)


def test_the_same_number_at_another_dealership_or_source_is_somebody_else(office: Office) -> None:
    with office.work() as book:
        first = upsert_customer(book, office.north, "dms", ANNA, NOW)
        other = upsert_customer(book, office.south, "dms", ANNA, NOW)
        third = upsert_customer(book, office.north, "crm", ANNA, NOW)
        assert len({first.id, other.id, third.id}) == 3
        assert (first.phone_e164, other.phone_e164) == ("+4930901820", None)


def test_what_is_no_number_or_address_is_kept_as_written(office: Office) -> None:
    with office.work() as book:
        odd = upsert_customer(
            book, office.north, "dms", {"id": "C2", "phone": "ask wife", "email": "none"}, NOW
        )
        assert (odd.phone, odd.phone_e164, odd.email, odd.email_key) == ("ask wife", None, "none", None)


def test_moving_and_dying_are_stated_once(office: Office) -> None:
    with office.work() as book:
        anna = upsert_customer(book, office.north, "dms", ANNA, NOW)
        for later in (NOW, NOW + DAY):
            record_moved(book, anna, later)
            record_deceased(book, anna, later)
        assert (anna.moved_at, anna.deceased_at) == (NOW, NOW)
    assert [type(stated) for stated in office.stated] == [CustomerMoved, CustomerDeceased]


def test_the_latest_consent_counts_per_channel_and_purpose(office: Office) -> None:
    sms, offers = ContactChannel.SMS, ConsentPurpose.MARKETING
    with office.work() as book:
        anna = upsert_customer(book, office.north, "dms", ANNA, NOW)
        assert current_consent(book, anna.id, sms, offers) is None
        record_consent(book, anna, sms, offers, ConsentStatus.WITHDRAWN, NOW, "web")
        record_consent(book, anna, sms, offers, ConsentStatus.GRANTED, NOW - DAY, "desk", "signed form 12")
        record_consent(book, anna, ContactChannel.EMAIL, offers, ConsentStatus.GRANTED, NOW, "desk")
    with office.work() as book:
        latest = current_consent(book, anna.id, sms, offers)
        assert latest is not None
        assert (latest.status, latest.source, latest.stated_at) == ("WITHDRAWN", "web", NOW)
        assert current_consent(book, anna.id, sms, ConsentPurpose.SERVICE) is None
        record_consent(book, anna, sms, offers, ConsentStatus.WITHDRAWN, NOW, "web")
        record_consent(book, anna, sms, offers, ConsentStatus.GRANTED, NOW, "web")
        latest = current_consent(book, anna.id, sms, offers)
        assert latest is not None
        assert latest.status == "WITHDRAWN"
    assert office.count(Consent) == 4


# Vehicles


def test_a_car_with_its_owner_and_odometer(office: Office) -> None:
    data: Any = {"id": "V1", "vin": "wvwzzz1kzaw000123", "plate": "b ab 12", "model_year": 2019,
                 "odometer": 50_000, "odometer_unit": "MI"}  # fmt: skip
    with office.work() as book:
        anna = upsert_customer(book, office.north, "dms", ANNA, NOW)
        upsert_vehicle(book, office.north, "dms", data, NOW, anna)
    with office.work() as book:
        upsert_vehicle(book, office.north, "dms", data, NOW + timedelta(hours=5))
        upsert_vehicle(book, office.north, "dms", data | {"odometer": 50_100}, NOW + DAY)
    with office.work() as book:
        car = find_vehicle(book, office.north, "dms", "V1")
        assert car is not None
        assert (car.vin, car.vin_warning, car.plate) == ("WVWZZZ1KZAW000123", True, "B AB 12")
        assert (car.customer_id, car.version) == (anna.id, 1)
        assert [reading.km for reading in book.many(READINGS_OF_VEHICLE, car.id)] == [80_467, 80_628]


def test_the_same_odometer_long_after_is_a_new_reading(office: Office) -> None:
    with office.work() as book:
        car = upsert_vehicle(book, office.north, "dms", {"id": "V1"}, NOW)
        for days in (0, 1, 30):
            record_odometer(book, car, 84_120, DistanceUnit.KM, NOW + days * DAY, "dms")
    assert office.count(OdometerReading) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"vin": "123"},
        {"vin": "1HGCM82643A004352"},
        {"model_year": 1850},
        {"odometer": -5},
        {"make": "x" * 61},
    ],
)
def test_an_impossible_car_is_refused_and_leaves_nothing(office: Office, wrong: Any) -> None:
    with office.work() as book:
        with pytest.raises(InvalidInput), book.step():
            upsert_vehicle(book, office.north, "dms", {"id": "V1"} | wrong, NOW)
        assert find_vehicle(book, office.north, "dms", "V1") is None
    assert office.count(Vehicle) == 0


def test_a_new_owner_takes_back_that_a_car_was_sold(office: Office) -> None:
    with office.work() as book:
        anna = upsert_customer(book, office.north, "dms", ANNA, NOW)
        car = upsert_vehicle(book, office.north, "dms", {"id": "V1"}, NOW, anna)
        record_sold(book, car, NOW + DAY)
        record_sold(book, car, NOW + 2 * DAY)
        assert car.sold_at == NOW + DAY
        upsert_vehicle(book, office.north, "dms", {"id": "V1"}, NOW + 3 * DAY, anna)
        assert car.sold_at == NOW + DAY
        berta = upsert_customer(book, office.north, "dms", {"id": "C9"}, NOW)
        upsert_vehicle(book, office.north, "dms", {"id": "V1"}, NOW + 3 * DAY, berta)
        assert (car.sold_at, car.customer_id) == (None, berta.id)
        record_totalled(book, car, NOW + 4 * DAY)
    assert [type(stated) for stated in office.stated] == [VehicleSold, VehicleTotalled]


# Employees


def test_an_employee_named_by_events_gathers_roles(office: Office) -> None:
    with office.work() as book:
        note_employee(book, office.north, "dms", "A01", Role.SERVICE_ADVISOR)
        ana = note_employee(book, office.north, "dms", "A01", Role.BDC_AGENT)
        upsert_employee(book, office.north, "dms", {"id": "A01", "name": "Ana"}, NOW)
        assert (ana.name, ana.roles) == ("Ana", ["BDC_AGENT", "SERVICE_ADVISOR"])
        with pytest.raises(ValueError, match="ADMIN"):
            note_employee(book, office.north, "dms", "A01", Role.ADMIN)


def test_a_managers_role_takes_a_manager(office: Office) -> None:
    mia: Any = {"id": "M1", "name": "Mia", "roles": [Role.SERVICE_MANAGER]}
    with pytest.raises(Forbidden), office.work(office.advisor()) as book:
        upsert_employee(book, office.north, "dms", mia, NOW)
    with office.work(office.manager()) as book:
        assert upsert_employee(book, office.north, "dms", mia, NOW).roles == ["SERVICE_MANAGER"]


def test_sight_of_another_dealership_is_granted_and_revoked(office: Office) -> None:
    with office.work() as book:
        ana = note_employee(book, office.north, "dms", "A01", Role.SERVICE_ADVISOR)
        assert visible_dealerships(book, ana) == {office.north.id}
        grant_dealership(book, ana, office.south)
        grant_dealership(book, ana, office.south)
    with office.work() as book:
        assert visible_dealerships(book, ana) == {office.north.id, office.south.id}
        revoke_dealership(book, ana, office.south)
    with office.work() as book:
        assert visible_dealerships(book, ana) == {office.north.id}
        assert len(audit_of(book, "employee", ana.id)) == 2
    with pytest.raises(Forbidden), office.work(office.manager()) as book:
        grant_dealership(book, ana, office.south)


# Services, operations, causes, competitors
