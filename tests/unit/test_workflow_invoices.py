"""Invoices: revenue by line, the rest, repetitions and contradictions."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, IllegalMove, InvalidInput, RuleViolation
from servicelost.taxonomy.paytypes import PayType
from servicelost.workflow import facts
from servicelost.workflow.decisions import decline_line, remove_line
from servicelost.workflow.invoices import InvoicedLine, post_invoice
from servicelost.workflow.models.invoices import Invoice, InvoiceLine
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.visits import close_visit
from tests.factories import MONDAY, House, at, house, make_booked, make_recommended, make_visit


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
    return make_visit(book, pay_type=PayType.CUSTOMER_PAY)


def post(book: Book, visit: Visit, *lines: InvoicedLine, **values: Any) -> Invoice:
    known: dict[str, Any] = {"source": "dms", "source_id": "I-1", "at": at(9), "business_day": MONDAY.date()}
    return post_invoice(book, visit, lines=lines, **{**known, **values})


def test_an_invoice_is_revenue_by_line_and_the_rest(world: House) -> None:
    with world.unit() as book:
        visit = make_visit(book, pay_type=PayType.CUSTOMER_PAY)
        line = make_booked(book, visit, pay_type=PayType.WARRANTY, category_id=3)
        close_visit(book, visit, at=at(8))
        sold = InvoicedLine(line, labour_minor=9000, parts_minor=14000)
        invoice = post(book, visit, sold, total_minor=25000)

    with world.engine.connect() as connection:
        rows = connection.execute(select(InvoiceLine).order_by(InvoiceLine.id)).all()
    assert [(row.line_id, row.amount_minor, row.pay_type, row.category_id) for row in rows] == [
        (line.id, 23000, "WARRANTY", 3), (None, 2000, "CUSTOMER_PAY", None)
    ]  # fmt: skip
    assert (line.state, line.invoiced_minor, invoice.total_minor) == ("INVOICED", 23000, 25000)
    assert [fact.amount_minor for fact in world.told(facts.LineInvoiced)] == [23000]


def test_the_same_invoice_again_changes_nothing(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    first = post(book, visit, InvoicedLine(line))
    assert post(book, visit, InvoicedLine(line), at=at(12)) is first
    assert (line.invoiced_minor, len(world.told(facts.LineInvoiced))) == (24000, 1)
    with pytest.raises(Conflict):
        post(book, visit, total_minor=30000)


def test_two_payers_get_an_invoice_each(world: House, book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    post(book, visit, InvoicedLine(line, amount_minor=10000))
    post(book, visit, InvoicedLine(line, amount_minor=14000), source_id="I-2")
    assert line.invoiced_minor == 24000
    assert [fact.amount_minor for fact in world.told(facts.LineInvoiced)] == [10000, 14000]


def test_what_is_charged_was_agreed_to(world: House, book: Book, visit: Visit) -> None:
    line = decline_line(book, make_recommended(book, visit), at=at(2))
    post(book, visit, InvoicedLine(line))
    assert (line.state, line.authorized_minor) == ("INVOICED", 24000)
    assert world.told_names()[-2:] == ["LineAuthorized", "LineInvoiced"]


def test_what_was_taken_off_cannot_be_charged(book: Book, visit: Visit) -> None:
    fine, gone = make_booked(book, visit), remove_line(book, make_booked(book, visit), at=at(2))
    with pytest.raises(IllegalMove):
        post(book, visit, InvoicedLine(fine), InvoicedLine(gone))
    assert fine.state == "BOOKED"


def test_wrong_invoices_are_refused(book: Book, visit: Visit) -> None:
    line = make_booked(book, visit)
    unpriced = make_booked(book, visit, labour_minor=None, parts_minor=None)
    with pytest.raises(InvalidInput, match="lines make 24000"):
        post(book, visit, InvoicedLine(line), total_minor=23999)
    for wrong in ((), (InvoicedLine(unpriced),), (InvoicedLine(line, discount_minor=-1),)):
        with pytest.raises(InvalidInput):
            post(book, visit, *wrong)
    with pytest.raises(RuleViolation):
        post(book, visit, InvoicedLine(make_booked(book, make_visit(book))))
