"""Visits: opening, moving, calling off and turning away orders."""

from collections.abc import Iterator

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, RuleViolation
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.appointments import cancel_appointment, mark_no_show, turn_away
from servicelost.workflow.decisions import authorize_line, decline_line, remove_line
from servicelost.workflow.history import entries_of_visit
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.quotes import send_quote
from servicelost.workflow.reason import Reason
from servicelost.workflow.visits import (
    cancel_visit,
    find_visit,
    move_visit,
    turn_away_visit,
)
from servicelost.workflow.work import complete_line
from tests.factories import (
    DEALERSHIP,
    House,
    at,
    house,
    make_appointment,
    make_booked,
    make_recommended,
    make_visit,
)

BY_DEALER = Reason(cancelled_by=Party.DEALER)


@pytest.fixture
def world() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def book(world: House) -> Iterator[Book]:
    with world.unit() as made:
        yield made


def test_a_walk_in_stands_at_reception(world: House, book: Book) -> None:
    visit = make_visit(book, source_id="RO-17", walk_in=True)

    assert (visit.state, visit.stage, visit.walk_in, visit.opened_at) == (
        "RECEPTION",
        "RECEPTION",
        True,
        at(0),
    )
    assert find_visit(book, DEALERSHIP, "dms", "RO-17") is visit
    assert find_visit(book, DEALERSHIP, "other", "RO-17") is None
    assert [fact.visit for fact in world.told(facts.VisitOpened)] == [visit]


def test_opening_takes_over_the_planned_visit_and_is_found_at_once(world: House, book: Book) -> None:
    appointment = make_appointment(book, advisor_id=3)
    assert find_visit(book, DEALERSHIP, "dms", "RO-17") is None

    visit = make_visit(
        book, source_id="RO-17", appointment=appointment, at=at(4), advisor_id=9, odometer_km=50
    )

    assert visit.id == appointment.visit_id
    assert (visit.state, visit.source_id, visit.advisor_id, visit.odometer_km) == (
        "RECEPTION",
        "RO-17",
        9,
        50,
    )
    assert find_visit(book, DEALERSHIP, "dms", "RO-17") is visit
    assert (appointment.state, appointment.arrived_at) == ("ARRIVED", at(4))
    assert world.told_names() == ["AppointmentBooked", "AppointmentArrived", "VisitOpened"]


def test_opening_after_a_no_show_or_a_cancellation_says_that_the_car_came(world: House, book: Book) -> None:
    missed, cancelled, refused = (make_appointment(book) for _ in range(3))
    mark_no_show(book, missed, at=at(5))
    line = make_booked(book, book.get(Visit, cancelled.visit_id), at(-72))
    cancel_appointment(book, cancelled, at=at(1), reason=BY_DEALER)
    turn_away(book, refused, at=at(4))

    opened = [make_visit(book, appointment=known, at=at(6)) for known in (missed, cancelled, refused)]

    assert [visit.state for visit in opened] == ["RECEPTION"] * 3
    assert line.state == "BOOKED"
    assert [fact.before for fact in world.told(facts.AppointmentArrived)] == ["NO_SHOW", "BOOKED", "BOOKED"]
    assert [fact.before for fact in world.told(facts.AppointmentRescheduled)] == ["CANCELLED", "TURNED_AWAY"]


def test_the_same_order_again_fills_blanks_only(world: House, book: Book) -> None:
    first = make_visit(book, source_id="RO-17", advisor_id=3)
    again = make_visit(book, source_id="RO-17", advisor_id=4, customer_id=5, at=at(2))

    assert again is first
    assert (first.advisor_id, first.customer_id, first.opened_at) == (3, 5, at(0))
    assert len(world.told(facts.VisitOpened)) == 1


def test_an_order_known_without_an_appointment_cannot_take_one_later(book: Book) -> None:
    make_visit(book, source_id="RO-17")
    with pytest.raises(Conflict) as refused:
        make_visit(book, source_id="RO-17", appointment=make_appointment(book))
    assert refused.value.code == "ORDER_EXISTS"


def test_a_second_order_for_one_appointment_is_a_visit_of_its_own(book: Book) -> None:
    appointment = make_appointment(book)
    first = make_visit(book, appointment=appointment, at=at(4))
    second = make_visit(book, appointment=appointment, at=at(4))

    assert second.id != first.id
    assert second.state == "RECEPTION"


def test_stages_go_forward_by_any_number_and_back_only_for_rework(book: Book) -> None:
    visit = make_visit(book)
    move_visit(book, visit, Stage.QUALITY_CONTROL, at=at(2), inspected=True)
    move_visit(book, visit, Stage.WORK, at=at(3))
    move_visit(book, visit, Stage.WORK, at=at(4))
    move_visit(book, visit, Stage.DELIVERY, at=at(5))

    assert (visit.state, visit.stage, visit.inspected) == ("DELIVERY", "DELIVERY", True)
    with pytest.raises(IllegalMove):
        move_visit(book, visit, Stage.QUALITY_CONTROL, at=at(6))
    with pytest.raises(RuleViolation) as refused:
        move_visit(book, visit, Stage.PLANNING, at=at(6))
    assert refused.value.code == "NO_SUCH_MOVE"


def test_a_planned_visit_has_no_stages_yet(book: Book) -> None:
    visit = book.get(Visit, make_appointment(book).visit_id)
    with pytest.raises(IllegalMove, match="OPEN"):
        move_visit(book, visit, Stage.WORK, at=at(2))


def test_an_older_stage_change_is_only_logged(book: Book) -> None:
    visit = make_visit(book)
    move_visit(book, visit, Stage.DELIVERY, at=at(5))
    move_visit(book, visit, Stage.WORK, at=at(2), inspected=True)

    assert (visit.state, visit.inspected) == ("DELIVERY", True)
    late = entries_of_visit(book, visit)[-1]
    assert (late.action, late.from_state, late.to_state) == ("MOVE_TO_WORK", "DELIVERY", "DELIVERY")


def test_cancelling_an_order_carries_what_was_agreed_and_states_silence(world: House, book: Book) -> None:
    visit = make_visit(book)
    booked, agreed, done = (make_booked(book, visit) for _ in range(3))
    silent, offered, declined = (make_recommended(book, visit) for _ in range(3))
    authorize_line(book, agreed, at=at(1))
    complete_line(book, done, at=at(1.5))
    send_quote(book, visit, at=at(2), lines=[offered, declined])
    decline_line(book, declined, at=at(2.5))

    cancel_visit(book, visit, at=at(3), reason=BY_DEALER)
    cancel_visit(book, visit, at=at(4), reason=BY_DEALER)

    (fact,) = world.told(facts.VisitCancelled)
    assert set(fact.lines) == {booked, agreed}
    states = [line.state for line in (booked, agreed, done, silent, offered, declined)]
    assert states == ["CANCELLED", "CANCELLED", "COMPLETED", "NOT_PRESENTED", "EXPIRED", "DECLINED"]
    assert (visit.state, visit.stage) == ("CANCELLED", "WORK")
    assert [told.line for told in world.told(facts.LineNotPresented)] == [silent]
    assert [told.line for told in world.told(facts.LineExpired)] == [offered]


def test_cancelling_an_order_needs_who(book: Book) -> None:
    with pytest.raises(RuleViolation) as refused:
        cancel_visit(book, make_visit(book), at=at(1), reason=Reason())
    assert refused.value.code == "CANCELLED_BY_REQUIRED"


def test_cancelling_a_planned_visit_cancels_its_appointment(world: House, book: Book) -> None:
    appointment = make_appointment(book)
    visit = book.get(Visit, appointment.visit_id)
    cancel_visit(book, visit, at=at(1), reason=BY_DEALER)

    assert (appointment.state, visit.state) == ("CANCELLED", "CANCELLED")
    assert world.told(facts.VisitCancelled) == []
    assert len(world.told(facts.AppointmentCancelled)) == 1


def test_nothing_is_decided_on_a_cancelled_order(book: Book) -> None:
    visit = make_visit(book)
    line = make_recommended(book, visit)
    cancel_visit(book, visit, at=at(2), reason=BY_DEALER)
    for act in (decline_line, authorize_line, remove_line):
        with pytest.raises(RuleViolation) as refused:
            act(book, line, at=at(3))
        assert refused.value.code == "VISIT_ENDED"
    with pytest.raises(RuleViolation):
        make_booked(book, visit, at(3))


def test_a_walk_in_can_be_turned_away(world: House, book: Book) -> None:
    visit = make_visit(book, walk_in=True)
    line = make_booked(book, visit)
    turn_away_visit(book, visit, at=at(1))
    turn_away_visit(book, visit, at=at(2))

    (fact,) = world.told(facts.VisitTurnedAway)
    assert (visit.state, visit.stage, line.state, fact.lines) == (
        "TURNED_AWAY",
        "RECEPTION",
        "CANCELLED",
        (line,),
    )


def test_turning_away_is_too_late_once_work_began(book: Book) -> None:
    appointment = make_appointment(book)
    visit = make_visit(book, appointment=appointment, at=at(4))
    move_visit(book, visit, Stage.WORK, at=at(5))
    with pytest.raises(IllegalMove):
        turn_away_visit(book, visit, at=at(6))
    assert appointment.state == "ARRIVED"
