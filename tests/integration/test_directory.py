"""Dealerships, on a real database."""

from collections.abc import Iterator

import pytest

from servicelost.administration.audit import audit_of
from servicelost.directory.dealerships import dealership_by_code, list_dealerships, upsert_dealership
from servicelost.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.office import NORTH, Office


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
