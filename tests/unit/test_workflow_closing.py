"""Delivering and closing: what becomes of the lines that are still open."""

from collections.abc import Iterator

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import IllegalMove
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.stages import Stage
from servicelost.workflow import facts
from servicelost.workflow.decisions import authorize_line, decline_line
from servicelost.workflow.history import entries_of_visit
from servicelost.workflow.quotes import send_quote
from servicelost.workflow.reason import Reason
from servicelost.workflow.visits import (
    cancel_visit,
    close_visit,
    deliver_visit,
    move_visit,
)
from servicelost.workflow.work import not_perform_line
from tests.factories import (
    House,
    at,
    house,
    make_booked,
    make_draft,
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


def test_delivery_passes_through_its_stage(book: Book) -> None:
    visit = make_visit(book)
    deliver_visit(book, visit, at=at(8))
    deliver_visit(book, visit, at=at(9))

    assert (visit.state, visit.delivered_at) == ("FOLLOW_UP", at(8))
    moves = [entry.action for entry in entries_of_visit(book, visit)]
    assert moves == ["OPEN", "MOVE_TO_DELIVERY", "MOVE_TO_FOLLOW_UP"]


def test_closing_settles_what_is_open(world: House, book: Book) -> None:
    visit = make_visit(book)
    booked, agreed, refused = (make_booked(book, visit) for _ in range(3))
    silent, offered = make_recommended(book, visit), make_recommended(book, visit)
    authorize_line(book, agreed, at=at(1))
    not_perform_line(book, refused, at=at(2))
    send_quote(book, visit, at=at(2), lines=[offered], valid_until=at(48))

    close_visit(book, visit, at=at(8))
    close_visit(book, visit, at=at(9))

    states = [line.state for line in (booked, agreed, refused, silent, offered)]
    assert states == ["COMPLETED", "COMPLETED", "NOT_PERFORMED", "NOT_PRESENTED", "QUOTED"]
    assert (visit.state, visit.closed_at, visit.stage) == ("CLOSED", at(8), "WORK")
    assert len(world.told(facts.VisitClosed)) == 1
    assert world.told_names()[-1] == "VisitClosed"


def test_silence_before_the_workshop_counts_as_workshop(world: House, book: Book) -> None:
    visit = make_visit(book)
    make_recommended(book, visit)
    close_visit(book, visit, at=at(8))
    assert [fact.stage for fact in world.told(facts.LineNotPresented)] == ["WORK"]


def test_the_customer_may_answer_after_closing(world: House, book: Book) -> None:
    visit = make_visit(book)
    line = make_recommended(book, visit)
    send_quote(book, visit, at=at(2))
    close_visit(book, visit, at=at(8))

    decline_line(book, line, at=at(30))

    assert [fact.stage for fact in world.told(facts.LineDeclined)] == ["FOLLOW_UP"]


def test_an_answer_from_before_closing_belongs_to_its_own_stage(world: House, book: Book) -> None:
    visit = make_visit(book)
    line = make_recommended(book, visit)
    send_quote(book, visit, at=at(2))
    move_visit(book, visit, Stage.WORK, at=at(2))
    move_visit(book, visit, Stage.DELIVERY, at=at(6))
    close_visit(book, visit, at=at(8))

    decline_line(book, line, at=at(3))

    assert [fact.stage for fact in world.told(facts.LineDeclined)] == ["WORK"]


def test_a_line_that_comes_after_closing_is_settled(world: House, book: Book) -> None:
    visit = make_visit(book)
    close_visit(book, visit, at=at(8))
    silent = make_recommended(book, visit, at(1))
    booked = make_booked(book, visit, at(0))
    assert (silent.state, booked.state) == ("NOT_PRESENTED", "BOOKED")

    close_visit(book, visit, at=at(8))

    assert booked.state == "COMPLETED"
    assert len(world.told(facts.VisitClosed)) == 1


def test_delivery_after_closing_is_noted(book: Book) -> None:
    visit = make_visit(book)
    close_visit(book, visit, at=at(8))
    deliver_visit(book, visit, at=at(9))
    assert (visit.state, visit.delivered_at) == ("CLOSED", at(9))


def test_a_cancelled_order_cannot_be_closed(book: Book) -> None:
    visit = make_visit(book)
    line = make_booked(book, visit, source_id=make_draft().source_id)
    cancel_visit(book, visit, at=at(1), reason=BY_DEALER)
    with pytest.raises(IllegalMove):
        close_visit(book, visit, at=at(2))
    assert line.state == "CANCELLED"
