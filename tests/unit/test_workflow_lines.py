"""Lines: booked, recommended, quoted, and their price."""

from collections.abc import Iterator
from typing import Any

import pytest

from servicelost.kernel.book import Book
from servicelost.kernel.errors import IllegalMove, InvalidInput
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Party
from servicelost.taxonomy.severity import Severity
from servicelost.workflow import facts
from servicelost.workflow.decisions import (
    authorize_line,
    remove_line,
)
from servicelost.workflow.lines import book_line, find_line, quote_line, recommend_line
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.log import ENTRIES_OF_LINE
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.quotes import send_quote
from servicelost.workflow.reason import Reason
from tests.factories import House, at, house, make_booked, make_draft, make_recommended, make_visit

TOO_DEAR = Reason(cause=Cause.PRICE_TOO_HIGH, decided_by=Party.CUSTOMER)


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


def actions(book: Book, line: Any) -> list[str]:
    return [entry.action for entry in book.many(ENTRIES_OF_LINE, line.id)]


def test_a_new_line_is_priced_by_its_parts(world: House, book: Book, visit: Visit) -> None:
    line = recommend_line(book, visit, make_draft(severity=Severity.RED), at=at(1))

    assert (line.amount_minor, line.labour_minor, line.parts_minor) == (24000, 10000, 14000)
    assert (line.state, line.origin, line.priced_as, line.severity) == (
        "RECOMMENDED", "RECOMMENDED", "RECOMMENDED", "RED"
    )  # fmt: skip
    assert [fact.line for fact in world.told(facts.LineAdded)] == [line]


@pytest.mark.parametrize(
    "price",
    [
        {"labour_minor": -1},
        {"amount_minor": 23999},
        {"amount_minor": 24001},
        {"parts_minor": None, "amount_minor": 9999},
        {"centihours": -10},
    ],
)
def test_a_price_must_not_contradict_itself(book: Book, visit: Visit, price: dict[str, int | None]) -> None:
    with pytest.raises(InvalidInput):
        recommend_line(book, visit, make_draft(**price), at=at(1))
    assert book.many(LINES_OF_VISIT, visit.id) == []


def test_the_same_line_again_is_the_line_already_there(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit, source_id="L-1")
    told = len(world.bus.told)
    again = make_recommended(
        book, visit, source_id="L-1", severity=Severity.YELLOW, description="Other words"
    )

    assert again is line
    assert find_line(book, visit, "dms", "L-1") is line
    assert (line.severity, line.description) == ("YELLOW", "Front brake pads")
    assert (len(world.bus.told), actions(book, line)) == (told, ["RECOMMEND"])


def test_the_same_line_at_a_newer_price_is_repriced(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit, source_id="L-1")
    make_recommended(book, visit, at(2), source_id="L-1", parts_minor=20000)

    assert (line.amount_minor, line.parts_minor) == (30000, 20000)
    assert [fact.line for fact in world.told(facts.LinePriced)] == [line]


def test_an_older_price_does_not_come_back(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit, source_id="L-1")
    quote_line(book, line, at=at(1), amount_minor=20000)
    make_recommended(book, visit, source_id="L-1")
    make_recommended(book, visit, at(0.5), source_id="L-1")

    assert (line.amount_minor, line.labour_minor, line.priced_as) == (20000, None, "QUOTED")


def test_booking_a_line_again_after_it_was_taken_off_reopens_it(
    world: House, book: Book, visit: Visit
) -> None:
    line = make_booked(book, visit, source_id="L-1")
    remove_line(book, line, at=at(2))
    make_booked(book, visit, at(1), source_id="L-1")
    assert line.state == "REMOVED"

    make_booked(book, visit, at(3), source_id="L-1")

    assert line.state == "BOOKED"
    assert [fact.line for fact in world.told(facts.LineReopened)] == [line]


def test_quoting_prices_the_line_and_prepares_a_quote(world: House, book: Book, visit: Visit) -> None:
    line = make_recommended(book, visit, labour_minor=None, parts_minor=None)
    quote_line(book, line, at=at(2), labour_minor=5000, parts_minor=6000, quote_source_id="Q-1")

    assert (line.state, line.amount_minor, line.priced_as) == ("RECOMMENDED", 11000, "QUOTED")
    assert [fact.line for fact in world.told(facts.LinePriced)] == [line]
    with pytest.raises(IllegalMove):
        quote_line(book, authorize_line(book, line, at=at(3)), at=at(4), amount_minor=1)


def test_a_booked_line_sent_with_the_quote_stays_booked(book: Book, visit: Visit) -> None:
    line = book_line(book, visit, make_draft(), at=at(1))
    send_quote(book, visit, at=at(2), lines=[line])
    assert (line.state, line.presented_at) == ("BOOKED", at(2))
