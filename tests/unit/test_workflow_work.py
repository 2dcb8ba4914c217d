"""Work on lines and the check of it, with rework."""

from collections.abc import Iterator
from datetime import date

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import IllegalMove, RuleViolation
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.history import entries_of_visit
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.visits import close_visit, move_visit
from servicelost.workflow.work import complete_line, fail_quality, not_perform_line, pass_quality, start_line
from tests.factories import House, at, house, make_appointment, make_booked, make_recommended, make_visit


@pytest.fixture
def world() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def book(world: House) -> Iterator[Book]:
    with world.unit() as made:
        yield made


@pytest.fixture
def visit(book: Book) -> Visit:
    return make_visit(book)


def test_work_brings_the_visit_into_the_workshop(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit, centihours=None)
    start_line(book, line, at=at(1), technician_id=4)
    start_line(book, line, at=at(1), technician_id=5)
    assert (line.state, line.technician_id, visit.state) == ("STARTED", 4, "WORK")

    complete_line(book, line, at=at(2), centihours=120)
    complete_line(book, line, at=at(3))
    assert (line.state, line.completed_at, line.centihours) == ("COMPLETED", at(2), 120)
    assert [fact.line for fact in world.told(facts.LineCompleted)] == [line]


def test_a_start_told_after_the_end_is_only_logged(book: Book, visit: Visit) -> None:
    line = complete_line(book, make_booked(book, visit), at=at(3))
    start_line(book, line, at=at(1))
    assert line.state == "COMPLETED"
    with pytest.raises(IllegalMove):
        start_line(book, line, at=at(4))


def test_nobody_works_before_the_order_is_open_or_without_a_yes(book: Book, visit: Visit) -> None:
    planned = book.get(Visit, make_appointment(book).visit_id)
    with pytest.raises(RuleViolation) as refused:
        start_line(book, make_booked(book, planned, at(-72)), at=at(1))
    assert refused.value.code == "ORDER_NOT_OPEN"
    with pytest.raises(IllegalMove):
        start_line(book, make_recommended(book, visit), at=at(2))
    assert visit.state == "RECEPTION"


def test_work_not_done_may_be_put_off(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    part_missing = Reason(cause=Cause.MISSING_PARTS)
    not_perform_line(book, line, at=at(2), until=date(2026, 3, 9))
    not_perform_line(book, line, at=at(2))
    not_perform_line(book, line, at=at(2), reason=part_missing)
    not_perform_line(book, line, at=at(2), reason=part_missing)

    told = world.told(facts.LineNotPerformed)
    assert [(fact.reason.cause, fact.until) for fact in told] == [
        (None, date(2026, 3, 9)), (Cause.MISSING_PARTS, date(2026, 3, 9))
    ]  # fmt: skip
    assert (line.state, visit.state) == ("NOT_PERFORMED", "WORK")


def test_passing_quality_leads_to_delivery(book: Book, visit: Visit) -> None:
    pass_quality(book, visit, at=at(5))
    pass_quality(book, visit, at=at(5))
    assert visit.state == "DELIVERY"
    moves = [entry.action for entry in entries_of_visit(book, visit) if entry.from_state != entry.to_state]
    assert moves == ["OPEN", "MOVE_TO_QUALITY_CONTROL", "APPROVE_QUALITY"]


def test_failed_lines_are_worked_on_again(book: Book, visit: Visit) -> None:
    failed, fine = (complete_line(book, make_booked(book, visit), at=at(2)) for _ in range(2))
    move_visit(book, visit, Stage.DELIVERY, at=at(3))
    for _ in range(2):
        fail_quality(book, visit, at=at(4), lines=[failed])

    assert (visit.state, failed.state, failed.completed_at, fine.state) == (
        "WORK",
        "STARTED",
        None,
        "COMPLETED",
    )
    assert sum(entry.action == "FAIL_QUALITY" for entry in entries_of_visit(book, visit)) == 1


def test_a_customer_who_leaves_takes_the_failed_work_along(world: House, book: Book, visit: Visit) -> None:
    failed, other = (complete_line(book, make_booked(book, visit), at=at(2)) for _ in range(2))
    with pytest.raises(RuleViolation) as refused:
        fail_quality(book, visit, at=at(4), customer_left=True)
    assert refused.value.code == "LINES_REQUIRED"
    for line in (failed, failed, other):
        fail_quality(book, visit, at=at(4), lines=[line], customer_left=True, note="was late already")

    assert (visit.state, failed.state, other.state) == ("DELIVERY", "NOT_PERFORMED", "NOT_PERFORMED")
    told = world.told(facts.LineRejectedAtQuality)
    assert [(fact.line, fact.stage, fact.reason.note) for fact in told] == [
        (failed, "QUALITY_CONTROL", "was late already"), (other, "QUALITY_CONTROL", "was late already")
    ]  # fmt: skip


def test_quality_told_late_is_only_logged(book: Book, visit: Visit) -> None:
    line = complete_line(book, make_booked(book, visit), at=at(2))
    close_visit(book, visit, at=at(8))
    pass_quality(book, visit, at=at(5))
    fail_quality(book, visit, at=at(4), lines=[line])
    assert (visit.state, line.state) == ("CLOSED", "COMPLETED")
    with pytest.raises(IllegalMove):
        fail_quality(book, visit, at=at(9), lines=[line])
