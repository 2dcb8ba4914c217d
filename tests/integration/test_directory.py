"""Dealerships, people, cars, services, causes and competitors, on a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from servicelost.administration.audit import audit_of
from servicelost.directory.causes import deactivate_cause, define_cause, list_causes, resolve_cause
from servicelost.directory.competitors import ensure_competitor
from servicelost.directory.consents import current_consent, record_consent
from servicelost.directory.customers import (
    CustomerData,
    find_customer,
    record_deceased,
    record_moved,
    upsert_customer,
)
from servicelost.directory.dealerships import dealership_by_code, list_dealerships, upsert_dealership
from servicelost.directory.employees import (
    grant_dealership,
    note_employee,
    revoke_dealership,
    upsert_employee,
    visible_dealerships,
)
from servicelost.directory.events import CustomerDeceased, CustomerMoved, VehicleSold, VehicleTotalled
from servicelost.directory.models import (
    CUSTOMER_BY_SOURCE,
    READINGS_OF_VEHICLE,
    VEHICLE_BY_SOURCE,
    Consent,
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
    DistanceUnit,
    find_vehicle,
    record_odometer,
    record_sold,
    record_totalled,
    upsert_vehicle,
)
from servicelost.kernel.actor import SYSTEM, Actor, Role
from servicelost.kernel.book import Book
from servicelost.kernel.clock import FrozenClock
from servicelost.kernel.db import Base, open_engine
from servicelost.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RuleViolation
from servicelost.kernel.events import DomainEvent, EventBus
from servicelost.kernel.ids import IdPool
from servicelost.kernel.uow import UnitOfWork
from servicelost.taxonomy.categories import ServiceCategoryCode
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH: Any = {"code": "N", "name": "North", "timezone": "Europe/Berlin", "currency": "EUR", "country": "DE"}
SOUTH: Any = NORTH | {
    "code": "S",
    "name": "South",
    "country": "US",
    "currency": "USD",
    "timezone": "America/Denver",
}


class Office:
    """A database with two dealerships; a unit of work at a time, as one actor or another."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = open_engine(url)
        Base.metadata.create_all(self.engine)
        self.pool = IdPool(self.engine) if self.engine.dialect.name == "postgresql" else None
        self.bus = EventBus()
        self.stated: list[DomainEvent] = []
        for kind in (CustomerMoved, CustomerDeceased, VehicleSold, VehicleTotalled):
            self.bus.subscribe(kind, lambda _book, stated: self.stated.append(stated))
        with self.work() as book:
            self.north = upsert_dealership(book, NORTH)
            self.south = upsert_dealership(book, SOUTH)

    def work(self, actor: Actor = SYSTEM) -> UnitOfWork:
        return UnitOfWork(self.engine, self.pool, self.bus, FrozenClock(NOW), actor)

    def count(self, model: type[Base]) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(model)) or 0

    def advisor(self) -> Actor:
        return Actor("ana", frozenset({Role.SERVICE_ADVISOR}), frozenset({self.north.id}))

    def manager(self) -> Actor:
        return Actor("mia", frozenset({Role.SERVICE_MANAGER}), frozenset({self.north.id}))


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    office = Office(database_url)
    yield office
    office.engine.dispose()


# Dealerships


def test_a_dealership_is_made_once_and_changed_by_what_is_sent(office: Office) -> None:
    with office.work() as book:
        assert upsert_dealership(book, NORTH).version == 1
        upsert_dealership(book, {"code": "N", "closed_days": ["2026-12-24"], "subdivision": "BY"})
    with office.work() as book:
        north = dealership_by_code(book, "N")
        assert (north.name, north.closed_days, north.subdivision, north.version) == (
            "North",
            ["2026-12-24"],
            "BY",
            2,
        )
        assert north.opening_hours["MON"] == [["08:00", "18:00"]]
        changes = [entry.after for entry in audit_of(book, "dealership", north.id)]
    assert changes[1:] == [{"closed_days": ["2026-12-24"], "subdivision": "BY"}]


def test_another_country_leaves_the_old_subdivision_behind(office: Office) -> None:
    for data in ({"code": "N", "subdivision": "BY"}, {"code": "N", "country": "AT"}):
        with office.work() as book:
            upsert_dealership(book, data)  # type: ignore[arg-type]
    with office.work() as book:
        assert dealership_by_code(book, "N").subdivision is None


def test_money_keeps_its_currency(office: Office) -> None:
    with pytest.raises(Conflict, match="EUR"), office.work() as book:
        upsert_dealership(book, {"code": "N", "currency": "USD"})


def test_a_new_dealership_needs_its_basic_values(office: Office) -> None:
    with pytest.raises(InvalidInput, match="currency"), office.work() as book:
        upsert_dealership(book, {"code": "W", "name": "West", "timezone": "Europe/Paris", "country": "FR"})


def test_only_those_who_may_see_a_dealership_find_it(office: Office) -> None:
    with office.work(office.advisor()) as book:
        assert dealership_by_code(book, "N").name == "North"
        assert [row.code for row in list_dealerships(book)] == ["N"]
        with pytest.raises(NotFound):
            dealership_by_code(book, "S")
        with pytest.raises(Forbidden):
            upsert_dealership(book, {"code": "N", "name": "Mine"})
        with pytest.raises(Forbidden):
            upsert_dealership(book, NORTH | {"code": "X"})


# Customers and consent

ANNA: CustomerData = {
    "id": "C1",
    "name": " Anna  Jansen ",
    "phone": "030 901820",
    "email": "Anna@Example.com",
    "language": "de",
}


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
    statements: list[str] = []
    event.listen(office.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with office.work() as book:
        keys = [(office.north.id, "dms", f"{number}") for number in range(300)]
        book.preload(CUSTOMER_BY_SOURCE, [(*key[:2], "C" + key[2]) for key in keys])
        book.preload(VEHICLE_BY_SOURCE, [(*key[:2], "V" + key[2]) for key in keys])
        cars = [book.one(VEHICLE_BY_SOURCE, *key[:2], "V" + key[2]) for key in keys]
        book.preload(READINGS_OF_VEHICLE, [(car.id,) for car in cars if car])
        batch(book)
    assert not [words for words in statements if words.startswith(("INSERT", "UPDATE", "COPY"))]
    assert len([words for words in statements if words.startswith("SELECT")]) == 3 + 7
    assert (office.count(Customer), office.count(Vehicle), office.count(OdometerReading)) == (300, 300, 300)
