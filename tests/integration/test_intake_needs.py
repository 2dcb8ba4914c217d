"""Needs told of by senders who know more later, or all at one moment: still one need, counted once."""

from collections.abc import Iterator

import pytest

from tests.desk import CAR, PERSON, Desk, desk, event
from tests.ledger_check import check_ledger

VISIT = {"visit_id": "RO-1"}
LINE = {"visit_id": "RO-1", "line_id": "L-1"}
SCHEDULED = {"appointment_id": "A-1", "scheduled_at": "2026-03-02T12:00:00Z"}


@pytest.fixture
def at_desk(database_url: str) -> Iterator[Desk]:
    with desk(database_url) as made:
        yield made
        check_ledger(made.entries(), made.opportunities())


def test_a_lead_that_names_the_car_only_later_is_still_one_opportunity(at_desk: Desk) -> None:
    lead = {"channel": "WEB", "service": "Tyres", "customer": PERSON}
    at_desk.send("lead.received", 0, lead_id="W-1", **lead)
    at_desk.send("lead.received", 1, lead_id="W-2", **lead, vehicle=CAR)
    at_desk.send("lead.received", 2, lead_id="W-3", **lead, vehicle={"id": "V-2"})
    assert at_desk.only().live == 1


@pytest.mark.parametrize("car_comes_with", ["appointment.booked", "visit.opened"])
def test_a_booking_whose_car_is_known_later_is_superseded_by_its_lines(
    at_desk: Desk, car_comes_with: str
) -> None:
    at_desk.send("appointment.booked", 0, **SCHEDULED, expected_amount="300.00", customer=PERSON)
    if car_comes_with == "appointment.booked":
        at_desk.send("appointment.booked", 0, **SCHEDULED, customer=PERSON, vehicle=CAR)
    at_desk.send("visit.opened", 4, **VISIT, appointment_id="A-1", vehicle=CAR)
    at_desk.send("line.booked", 5, **LINE, service="Tyres", amount="280.00")
    assert [(row.state, row.closed_reason) for row in at_desk.opportunities()] == [
        ("CLOSED", "SUPERSEDED"), ("OPEN", None),
    ]  # fmt: skip


def test_a_booking_whose_car_is_known_later_is_won_once_when_it_ends_without_lines(at_desk: Desk) -> None:
    at_desk.send("appointment.booked", 0, **SCHEDULED, expected_amount="300.00")
    at_desk.send("visit.opened", 4, **VISIT, appointment_id="A-1", vehicle=CAR)
    at_desk.send("visit.closed", 9, **VISIT)
    assert (at_desk.only().state, at_desk.only().won_minor) == ("WON", 30000)


def test_a_no_show_whose_car_is_known_later_is_taken_back_when_it_comes(at_desk: Desk) -> None:
    at_desk.send("appointment.booked", 0, **SCHEDULED, expected_amount="300.00")
    at_desk.send("appointment.no_show", 5, appointment_id="A-1")
    assert at_desk.balance() == 30000
    at_desk.send("visit.opened", 6, **VISIT, appointment_id="A-1", vehicle=CAR)
    assert at_desk.balance() == 0


def test_two_reductions_of_one_moment_add_up(at_desk: Desk) -> None:
    """Many sources know only the day."""
    at_desk.open_visit("RO-1", 0)
    at_desk.send("line.booked", 0, **LINE, service="Tyres", amount="400.00")
    at_desk.send("line.reduced", 1, **LINE, amount="300.00", cause="CANNOT_AFFORD")
    at_desk.send("line.reduced", 1, **LINE, amount="250.00", cause="CANNOT_AFFORD")
    assert at_desk.balance() == at_desk.outstanding() == 15000
    again = event("line.reduced", 1, **LINE, amount="250.00", cause="CANNOT_AFFORD")
    assert at_desk.receive(again)[0].outcome.value == "ACCEPTED"
    assert at_desk.balance() == 15000
