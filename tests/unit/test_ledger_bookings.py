"""Money of bookings that fall through, missed calls and parts not there, counted by hand."""

from collections.abc import Iterator

import pytest

from servicelost.opportunities.ledger.models import EntryKind
from tests.desk import CAR, PERSON, Desk, desk, event

DAY = 24.0


@pytest.fixture
def at_desk() -> Iterator[Desk]:
    """A dealership that listens."""
    with desk() as made:
        yield made


def test_a_no_show_loses_the_booked_lines_and_coming_within_the_window_takes_it_back(at_desk: Desk) -> None:
    _book(at_desk, "A-1", 10)
    at_desk.send(
        "line.booked", 1, appointment_id="A-1", line_id="B-1", service="Annual service", amount="260.00"
    )
    at_desk.send("appointment.no_show", 12, appointment_id="A-1")
    [loss] = at_desk.entries()
    assert (loss.event, loss.cause, loss.stage, loss.amount_minor) == (
        "APPT_NO_SHOW",
        "NO_SHOW",
        "PLANNING",
        26000,
    )
    at_desk.send("appointment.arrived", 12 + 2 * DAY, appointment_id="A-1")
    assert [(row.kind, row.reason) for row in at_desk.entries()][1:] == [("REVERSAL", "RESCHEDULED")]
    assert at_desk.outstanding() == 0


def test_coming_after_the_window_is_a_recovery_when_it_is_sold(at_desk: Desk) -> None:
    _book(at_desk, "A-1", 10)
    at_desk.send(
        "line.booked", 1, appointment_id="A-1", line_id="B-1", service="Annual service", amount="260.00"
    )
    at_desk.send("appointment.no_show", 12, appointment_id="A-1")
    late = 12 + 9 * DAY
    at_desk.open_visit("RO-1", late)
    at_desk.send(
        "line.booked", late, visit_id="RO-1", line_id="L-1", service="Annual service", amount="260.00"
    )
    at_desk.send("visit.closed", late + 5, visit_id="RO-1")
    assert at_desk.sums() == {EntryKind.LOSS: 26000, EntryKind.RECOVERY: 26000}


def test_rebooking_a_cancelled_appointment_within_the_window_reverses_it(at_desk: Desk) -> None:
    _book(at_desk, "A-1", 30)
    at_desk.send(
        "line.booked", 1, appointment_id="A-1", line_id="B-1", service="Annual service", amount="260.00"
    )
    at_desk.send("appointment.cancelled", 5, appointment_id="A-1", cancelled_by="CUSTOMER", cause="NO_TIME")
    assert at_desk.balance() == 26000
    _book(at_desk, "A-2", 90, booked=20)
    assert at_desk.balance() == at_desk.outstanding() == 0


def test_a_booking_without_lines_is_valued_as_a_whole_and_only_until_lines_come(at_desk: Desk) -> None:
    _book(at_desk, "A-1", 10, expected_amount="150.00")
    assert [row.amount_minor for row in at_desk.opportunities()] == [15000]
    at_desk.send(
        "line.booked", 1, appointment_id="A-1", line_id="B-1", service="Annual service", amount="260.00"
    )
    at_desk.send("appointment.no_show", 12, appointment_id="A-1")
    assert at_desk.balance() == 26000


def test_a_missed_call_answered_in_time_is_no_loss_and_a_status_call_never_is(at_desk: Desk) -> None:
    at_desk.send("call.missed", 1, call_id="T-1", phone="+34 911 222 333", purpose="SERVICE")
    at_desk.send("call.missed", 1, call_id="T-2", phone="+34 911 222 444", purpose="STATUS")
    assert [row.event for row in at_desk.entries()] == ["CALL_MISSED"]
    at_desk.send("call.received", 1.5, call_id="T-3", phone="911 222 333")
    assert [row.kind for row in at_desk.entries()] == ["LOSS", "REVERSAL"]


@pytest.mark.parametrize("heard", [1.5, 1.0], ids=["after the call", "before it is heard of"])
@pytest.mark.parametrize(("called_back", "left"), [(1.5, 0), (30.0, 1)], ids=["in time", "too late"])
def test_a_missed_call_is_answered_by_calling_back_in_whatever_order_it_is_heard(
    at_desk: Desk, heard: float, called_back: float, left: int
) -> None:
    missed = {"call_id": "T-1", "phone": "+34 911 222 333", "purpose": "SERVICE", "customer": PERSON}
    talk = {"contact_id": "K-1", "channel": "PHONE", "direction": "OUT", "customer": PERSON}
    told = [("call.missed", 1.0, missed), ("contact.two_way", called_back, talk)]
    for kind, at, data in told if heard > 1 else reversed(told):
        at_desk.send(kind, at, **data)
    assert [row.kind for row in at_desk.entries()] == ["LOSS", "REVERSAL"][: 2 - left]


def test_missing_parts_is_refused_where_stock_covered_it_unless_explained(at_desk: Desk) -> None:
    ask = {
        "part_number": "P-1",
        "quantity": "2",
        "on_hand": "4",
        "unit_price": "30.00",
        "cause": "MISSING_PARTS",
    }
    refused = at_desk.refused("part.not_supplied", 1, request_id="R-1", **ask)
    assert refused.code == "STOCK_COVERED_IT"
    at_desk.send("part.not_supplied", 1, request_id="R-1", note="all four reserved", **ask)
    assert at_desk.balance() == 6000


def _book(at_desk: Desk, number: str, due: float, booked: float = 0, **data: object) -> None:
    scheduled = event("x", due)["occurred_at"]
    at_desk.send("appointment.booked", booked, appointment_id=number, scheduled_at=scheduled, vehicle=CAR,
                 customer=PERSON, **data)  # fmt: skip
