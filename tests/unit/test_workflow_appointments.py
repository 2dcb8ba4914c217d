"""Appointments: each verb, what it tells, what it refuses, and words that come late or twice."""

from collections.abc import Iterator

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Party
from servicelost.workflow import facts
from servicelost.workflow.appointments import (
    arrive,
    cancel_appointment,
    confirm_appointment,
    mark_no_show,
    reschedule_appointment,
    turn_away,
)
from servicelost.workflow.history import entries_of_appointment
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from tests.factories import House, at, house, make_appointment, make_booked, make_recommended

BY_CUSTOMER = Reason(cancelled_by=Party.CUSTOMER)


@pytest.fixture
def world() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def book(world: House) -> Iterator[Book]:
    with world.unit() as made:
        yield made


def planned_visit(book: Book, appointment: Appointment) -> Visit:
    return book.get(Visit, appointment.visit_id)


def test_a_booking_plans_a_visit(world: House, book: Book) -> None:
    appointment = make_appointment(book, advisor_id=3, expected_minor=9900)

    visit = planned_visit(book, appointment)
    assert (appointment.state, visit.state, visit.stage) == ("BOOKED", "PLANNING", "PLANNING")
    assert (visit.planned_at, visit.vehicle_id, visit.advisor_id) == (at(4), 7, 3)
    assert visit.source_id is None
    assert [fact.before for fact in world.told(facts.AppointmentBooked)] == [None]


def test_the_same_booking_again_fills_blanks_and_overwrites_nothing(world: House, book: Book) -> None:
    first = make_appointment(book, source_id="A-1", channel="PHONE")
    again = make_appointment(book, source_id="A-1", channel="WEB", customer_id=5)

    assert again is first
    assert (first.channel, first.customer_id) == ("PHONE", 5)
    assert planned_visit(book, first).customer_id == 5
    assert len(world.told(facts.AppointmentBooked)) == 1


def test_a_booking_for_another_time_is_a_conflict_unless_it_is_the_old_word(book: Book) -> None:
    appointment = make_appointment(book, source_id="A-1")
    reschedule_appointment(book, appointment, at=at(-10), scheduled_at=at(28))

    assert make_appointment(book, source_id="A-1").scheduled_at == at(28)
    with pytest.raises(Conflict, match="rescheduling"):
        make_appointment(book, source_id="A-1", at=at(-9))


def test_an_expected_amount_cannot_be_negative(book: Book) -> None:
    with pytest.raises(InvalidInput):
        make_appointment(book, expected_minor=-1)


def test_confirming_twice_is_once(book: Book) -> None:
    appointment = make_appointment(book)
    confirm_appointment(book, appointment, at=at(-24))
    confirm_appointment(book, appointment, at=at(-20))

    assert appointment.state == "CONFIRMED"
    assert [entry.action for entry in entries_of_appointment(book, appointment)] == ["BOOK", "CONFIRM"]


def test_cancelling_needs_who(book: Book) -> None:
    for nobody in (Reason(), Reason(cancelled_by=Party.EXTERNAL)):
        with pytest.raises(RuleViolation) as refused:
            cancel_appointment(book, make_appointment(book), at=at(1), reason=nobody)
        assert refused.value.code == "CANCELLED_BY_REQUIRED"


def test_cancelling_gives_up_the_visit_and_what_was_booked(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    visit = planned_visit(book, appointment)
    booked, suggested = make_booked(book, visit, at(-72)), make_recommended(book, visit, at(-72))

    cancel_appointment(book, appointment, at=at(1), reason=BY_CUSTOMER)

    assert (appointment.state, appointment.cancelled_by, appointment.settled_at) == (
        "CANCELLED",
        "CUSTOMER",
        at(1),
    )
    assert (visit.state, visit.stage, booked.state) == ("CANCELLED", "PLANNING", "CANCELLED")
    assert suggested.state == "RECOMMENDED"
    (fact,) = world.told(facts.AppointmentCancelled)
    assert (fact.before, fact.reason) == ("BOOKED", BY_CUSTOMER)


def test_a_reason_that_comes_later_is_told_once(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    stated = Reason(cause=Cause.NO_TIME, cancelled_by=Party.CUSTOMER)
    for reason in (BY_CUSTOMER, BY_CUSTOMER, stated, stated, BY_CUSTOMER):
        cancel_appointment(book, appointment, at=at(1), reason=reason)

    told = world.told(facts.AppointmentCancelled)
    assert [(fact.before, fact.reason) for fact in told] == [("BOOKED", BY_CUSTOMER), ("CANCELLED", stated)]


def test_rescheduling_moves_the_time_and_counts(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    reschedule_appointment(book, appointment, at=at(0), scheduled_at=at(30), requested_by=Party.CUSTOMER)
    reschedule_appointment(book, appointment, at=at(1), scheduled_at=at(30))

    assert (appointment.scheduled_at, appointment.reschedules) == (at(30), 1)
    assert planned_visit(book, appointment).planned_at == at(30)
    assert [fact.before for fact in world.told(facts.AppointmentRescheduled)] == ["BOOKED"]


def test_rescheduling_a_cancelled_appointment_books_it_again_with_its_lines(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    visit = planned_visit(book, appointment)
    line = make_booked(book, visit, at(-72))
    cancel_appointment(book, appointment, at=at(1), reason=BY_CUSTOMER)

    reschedule_appointment(book, appointment, at=at(2), scheduled_at=at(50))

    assert (appointment.state, appointment.cancelled_by, appointment.settled_at) == ("BOOKED", None, None)
    assert (visit.state, visit.stage, line.state) == ("PLANNING", "PLANNING", "BOOKED")
    assert [fact.before for fact in world.told(facts.AppointmentRescheduled)] == ["CANCELLED"]
    assert world.told(facts.LineReopened) == []


def test_a_car_turned_away_can_come_another_day(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    visit = planned_visit(book, appointment)
    line = make_booked(book, visit, at(-72))
    turn_away(book, appointment, at=at(4), reason=Reason(cause=Cause.NO_CAPACITY))
    turn_away(book, appointment, at=at(5))
    assert (appointment.state, visit.state, visit.stage) == ("TURNED_AWAY", "TURNED_AWAY", "RECEPTION")
    (fact,) = world.told(facts.VisitTurnedAway)
    assert fact.lines == (line,)

    reschedule_appointment(book, appointment, at=at(5), scheduled_at=at(50))

    assert (appointment.state, visit.state, visit.stage, line.state) == (
        "BOOKED",
        "PLANNING",
        "PLANNING",
        "BOOKED",
    )


def test_a_no_show_is_refused_before_its_time(book: Book) -> None:
    with pytest.raises(RuleViolation) as refused:
        mark_no_show(book, make_appointment(book), at=at(3.9))
    assert refused.value.code == "NO_SHOW_TOO_EARLY"


def test_a_no_show_leaves_the_visit_planned_and_arriving_ends_it(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    line = make_booked(book, planned_visit(book, appointment), at(-72))
    mark_no_show(book, appointment, at=at(5))
    mark_no_show(book, appointment, at=at(6))
    assert (appointment.state, planned_visit(book, appointment).state) == ("NO_SHOW", "PLANNING")
    assert line.state == "BOOKED"
    assert len(world.told(facts.AppointmentMissed)) == 1

    arrive(book, appointment, at=at(7), odometer_km=52_000)
    arrive(book, appointment, at=at(8))

    assert (appointment.state, appointment.arrived_at) == ("ARRIVED", at(7))
    assert planned_visit(book, appointment).odometer_km == 52_000
    assert [fact.before for fact in world.told(facts.AppointmentArrived)] == ["NO_SHOW"]


def test_a_word_from_before_the_newest_one_is_logged_and_changes_nothing(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    reschedule_appointment(book, appointment, at=at(-20), scheduled_at=at(30))
    cancel_appointment(book, appointment, at=at(-30), reason=BY_CUSTOMER)
    reschedule_appointment(book, appointment, at=at(-25), scheduled_at=at(12))
    mark_no_show(book, appointment, at=at(-21))

    assert (appointment.state, appointment.scheduled_at, appointment.reschedules) == ("BOOKED", at(30), 1)
    assert world.told_names() == ["AppointmentBooked", "AppointmentRescheduled"]
    actions = [entry.action for entry in entries_of_appointment(book, appointment)]
    assert actions == ["BOOK", "RESCHEDULE", "CANCEL", "RESCHEDULE", "MARK_NO_SHOW"]


def test_illegal_moves_name_the_legal_ones(book: Book) -> None:
    appointment = make_appointment(book)
    arrive(book, appointment, at=at(4))
    with pytest.raises(IllegalMove, match="possible are: TURN_AWAY"):
        cancel_appointment(book, appointment, at=at(5), reason=BY_CUSTOMER)
