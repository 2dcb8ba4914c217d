"""Search keys follow their rows in the same transaction, on both databases, and find them by any of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import delete, select

from servicelost.directory.customers import CustomerData, upsert_customer
from servicelost.directory.models import Customer, Vehicle
from servicelost.directory.vehicles import upsert_vehicle
from servicelost.intake.results import Outcome
from servicelost.search import finding
from servicelost.search.asking import read_question
from servicelost.search.finding import Fits, find_rows
from servicelost.search.keys import name_keys
from servicelost.search.models import KeyKind, SearchKey
from servicelost.search.upkeep import keeper_of
from servicelost.wiring.assembly import SEARCHABLE
from servicelost.workflow.models.appointments import Appointment
from tests.desk import CAR, Desk, desk, event
from tests.office import DAY, NORTH, NOW, SOUTH, Office
from tests.statements import statements

MIGRATION = import_module("servicelost.migrations.versions.20261125_0009_search")
ANNA: CustomerData = {"id": "C1", "name": "Anna-Lena Jansen", "phone": "030 901820"}
EVERYTHING = tuple(KeyKind)


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    office = Office(database_url)
    office.bus.at_end(keeper_of(SEARCHABLE))
    yield office
    office.engine.dispose()


def stored(world: Office | Desk) -> list[tuple[Any, ...]]:
    """All keys, without the ids of their own rows."""
    columns = (SearchKey.kind, SearchKey.key, SearchKey.row_id, SearchKey.dealership_id)
    with world.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def keys(world: Office | Desk, kind: KeyKind) -> list[str]:
    return [key for found, key, *_ in stored(world) if found == kind]


def found(
    office: Office, text: str, *, phones: tuple[str, ...] = (), at: frozenset[int] | None = None
) -> dict[int, bool]:
    with office.engine.connect() as connection:
        return dict(find_rows(connection, read_question(text, phones), EVERYTHING, at).rows)


def take(office: Office, data: CustomerData, place: Any = NORTH, days: int = 0) -> Customer:
    """What a source says of a customer, so many days later."""
    with office.work() as book:
        dealership = office.north if place is NORTH else office.south
        return upsert_customer(book, dealership, "dms", data, NOW + days * DAY)


def test_a_customer_is_found_by_name_and_telephone(office: Office) -> None:
    anna = take(office, ANNA).id
    assert keys(office, KeyKind.NAME) == ["anna", "jansen", "lena"]
    assert found(office, "Jansen") == {anna: True}
    assert found(office, "jans") == {anna: False}
    assert found(office, "anna jan") == {anna: False}
    assert found(office, "anna jansen") == {anna: True}
    assert found(office, "bert jansen") == {}
    assert found(office, "901820") == {anna: False}
    assert found(office, "030 901820", phones=("+4930901820",)) == {anna: True}
    assert found(office, "901821") == {}


def test_keys_follow_every_change_and_vanish_with_what_they_were_made_of(office: Office) -> None:
    anna = take(office, ANNA).id
    take(office, {"id": "C1", "name": "Anna Müller"}, days=1)
    assert keys(office, KeyKind.NAME) == ["anna", "mueller", "muller"]
    assert found(office, "Jansen") == {}
    take(office, {"id": "C1", "name": None, "phone": None}, days=2)
    assert stored(office) == []
    take(office, {"id": "C1", "name": "Anna Müller"}, days=3)
    assert found(office, "mueller") == {anna: True}


def test_what_says_nothing_new_writes_no_keys(office: Office) -> None:
    take(office, ANNA)
    with statements() as sent:
        take(office, {**ANNA, "email": "anna@example.com"}, days=1)
    assert not [text for text in sent if "search_key" in text]


def test_a_car_is_found_by_its_plate_and_by_the_end_of_its_vin(office: Office) -> None:
    with office.work() as book:
        car = upsert_vehicle(
            book, office.north, "dms", {"id": "V1", "vin": "WVWZZZ1JZXW000123", "plate": "B-KX 42"}, NOW
        ).id
    for text, exact in (("b kx 42", True), ("BKX4", False), ("000123", False), ("xw000123", False),
                        ("WVWZZZ1JZXW000123", True)):  # fmt: skip
        assert found(office, text) == {car: exact}, text
    with office.work() as book:
        row = book.get(Vehicle, car)
        row.plate = "M-AA 1"
    assert found(office, "BKX42") == {}
    assert found(office, "MAA1") == {car: True}


def test_a_step_that_fails_leaves_no_keys(office: Office) -> None:
    with office.work() as book:
        with pytest.raises(ZeroDivisionError), book.step():
            upsert_customer(book, office.north, "dms", ANNA, NOW)
            raise ZeroDivisionError
        upsert_customer(book, office.north, "dms", {"id": "C2", "name": "Bert"}, NOW)
    assert keys(office, KeyKind.NAME) == ["bert"]


def test_a_foreign_dealership_is_never_found(office: Office) -> None:
    north, south = take(office, ANNA).id, take(office, ANNA, place=SOUTH).id
    sight = frozenset({office.north.id})
    assert found(office, "jansen", at=sight) == {north: True}
    assert found(office, "anna jansen", at=sight) == {north: True}
    assert found(office, "jansen", at=frozenset()) == {}
    assert found(office, "jansen").keys() == {north, south}


def test_too_many_are_cut_and_said_to_be(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 3)
    for number, name in enumerate(("Jansens", "Janson", "Jansen", "Jansz", "Jan")):
        take(office, {"id": f"C{number}", "name": name})

    def fits(text: str) -> Fits:
        with office.engine.connect() as connection:
            return find_rows(connection, read_question(text), EVERYTHING, None)

    assert fits("jan").cut
    assert len(fits("jan").rows) == 3
    assert list(fits("jan").rows.values()) == [True, False, False], "what fits exactly is not what is cut"
    assert not fits("jans e").cut


def test_orders_and_bookings_are_found_by_their_numbers(database_url: str) -> None:
    with desk(database_url) as made:
        made.bus.at_end(keeper_of(SEARCHABLE))
        made.send("appointment.booked", 0, appointment_id="A-77", scheduled_at="2026-03-03T09:00:00Z",
                  vehicle=CAR)  # fmt: skip
        made.send("visit.opened", 1, visit_id="RO-20417", vehicle=CAR)
        with made.unit() as book:
            asked = read_question("20417")
            [visit] = find_rows(book.connection, asked, {KeyKind.ORDER}, None).rows
            [booking] = find_rows(book.connection, read_question("a77"), {KeyKind.BOOKING}, None).rows
            assert book.get(Appointment, booking).source_id == "A-77"
            assert visit != booking


def test_several_who_rename_at_once_leave_the_keys_of_the_name_that_stays(database_url: str) -> None:
    with desk(database_url) as made:
        made.bus.at_end(keeper_of(SEARCHABLE))
        made.open_visit("RO", 0)
        names = [f"Anna {family}" for family in ("Jansen", "Müller", "Berg", "Holl")]
        raws = [
            event("visit.opened", turn * 10 + place, visit_id="RO", customer={"id": "C-1", "name": name})
            for turn in range(5)
            for place, name in enumerate(names)
        ]
        with ThreadPoolExecutor(4) as pool:
            results = [result for [result] in pool.map(made.receive, raws)]
        assert {result.outcome for result in results} == {Outcome.ACCEPTED}, results
        with made.unit() as book:
            name = book.connection.scalars(select(Customer.name)).one()
        assert name in names
        assert keys(made, KeyKind.NAME) == sorted(key.text for key in name_keys(name))


def test_the_migration_makes_the_keys_that_events_made(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MIGRATION, "_BATCH", 3)
    with desk(database_url) as made:
        made.bus.at_end(keeper_of(SEARCHABLE))
        for number, name in enumerate(("Anna Müller", "Bert O'Brien", None, "Юрий Соловьёв", "Ōe Kenzaburō")):
            customer = {"id": f"C-{number}", "name": name, "phone": f"+34 911 000 00{number}"}
            vehicle = {"id": f"V-{number}", "plate": f"{number}234 BCD", "vin": f"WVWZZZ1JZXW00012{number}"}
            made.send("appointment.booked", number, appointment_id=f"A-{number}", customer=customer,
                      vehicle=vehicle, scheduled_at="2026-03-03T09:00:00Z")  # fmt: skip
            made.send("visit.opened", 20 + number, visit_id=f"RO-{number}", appointment_id=f"A-{number}")
        kept = stored(made)
        assert {row[0] for row in kept} == {kind.value for kind in KeyKind}
        with made.engine.begin() as connection:
            connection.execute(delete(SearchKey.__table__))
            MIGRATION.build_keys(connection)
        assert stored(made) == kept
