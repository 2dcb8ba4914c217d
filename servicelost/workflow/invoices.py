"""Invoices: the money that came in, line by line, and what a total holds beyond its lines.

All amounts are net of tax in minor units; what was won or recovered by them is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from servicelost.kernel.book import Book
from servicelost.kernel.errors import Conflict, FieldProblem, InvalidInput
from servicelost.workflow.facts import LineAuthorized, LineInvoiced
from servicelost.workflow.guards import check_on_visit
from servicelost.workflow.models.invoices import INVOICE_BY_SOURCE, Invoice, InvoiceLine
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.prices import Price, check_not_negative
from servicelost.workflow.stated import IMPLIED
from servicelost.workflow.states import LINE_MACHINE, TURNED_DOWN, LineAction, LineState
from servicelost.workflow.transitions import shift_line


@dataclass(frozen=True)
class InvoicedLine:
    """A line as an invoice states it; without an amount it is invoiced at its own price."""

    line: Line
    amount_minor: int | None = None
    labour_minor: int | None = None
    parts_minor: int | None = None
    centihours: int | None = None
    cost_minor: int | None = None
    discount_minor: int | None = None

    @property
    def price(self) -> Price:
        """What was charged; raises InvalidInput when it contradicts itself or is not known."""
        stated = Price(self.amount_minor, self.labour_minor, self.parts_minor, self.centihours)
        if stated.is_stated:
            return stated
        line = self.line
        if line.amount_minor is None:
            raise _wrong(
                "amount", f"line {line.source_id} has no price and the invoice states none", "an amount"
            )
        hours = line.centihours if self.centihours is None else self.centihours
        return Price(line.amount_minor, line.labour_minor, line.parts_minor, hours)


def post_invoice(
    book: Book,
    visit: Visit,
    *,
    source: str,
    source_id: str,
    at: datetime,
    business_day: date,
    lines: Sequence[InvoicedLine] = (),
    total_minor: int | None = None,
) -> Invoice:
    """Post an invoice, also after the visit was closed; the same invoice again changes nothing.

    What the total holds beyond the lines becomes revenue without a line. Raises InvalidInput when it
    holds less, and Conflict when the number is known for another total or visit.
    """
    prices = [invoiced.price for invoiced in lines]
    summed = sum(price.amount_minor or 0 for price in prices)
    total = _total(lines, summed, total_minor)
    known = book.one(INVOICE_BY_SOURCE, visit.dealership_id, source, source_id)
    if known is not None:
        _check_same(known, visit, total)
        return known
    _check_lines(visit, lines)
    invoice = book.add(
        Invoice(
            dealership_id=visit.dealership_id,
            visit_id=visit.id,
            source=source,
            source_id=source_id,
            posted_at=at,
            total_minor=total,
        )
    )
    for invoiced, price in zip(lines, prices, strict=True):
        _add_revenue(book, visit, invoice, business_day, price, invoiced)
        _invoice_line(book, visit, invoiced.line, at, price.amount_minor or 0)
    if total > summed:
        _add_revenue(book, visit, invoice, business_day, Price(total - summed), None)
    return invoice


def _total(lines: Sequence[InvoicedLine], summed: int, stated: int | None) -> int:
    check_not_negative("total", stated)
    if stated is None and not lines:
        raise _wrong("total", "an invoice needs lines or a total", "lines or a total")
    if stated is not None and stated < summed:
        message = f"the total is {stated} minor units, its lines make {summed}"
        raise _wrong("total", message, f"at least {summed}")
    return summed if stated is None else stated


def _check_same(known: Invoice, visit: Visit, total: int) -> None:
    if (known.visit_id, known.total_minor) != (visit.id, total):
        raise Conflict(
            "INVOICE_EXISTS",
            f"invoice {known.source_id} is posted with {known.total_minor} minor units on visit "
            f"{known.visit_id}: it cannot be posted again with {total} on visit {visit.id}",
        )


def _check_lines(visit: Visit, lines: Sequence[InvoicedLine]) -> None:
    check_on_visit(visit, [invoiced.line for invoiced in lines])
    for invoiced in lines:
        check_not_negative("cost", invoiced.cost_minor)
        check_not_negative("discount", invoiced.discount_minor)
        if invoiced.line.state not in TURNED_DOWN:
            LINE_MACHINE.next(LineState(invoiced.line.state), LineAction.INVOICE)


def _invoice_line(book: Book, visit: Visit, line: Line, at: datetime, amount_minor: int) -> None:
    if line.state in TURNED_DOWN:
        # Nobody told us that the customer changed his mind, but he is charged for it.
        shift_line(book, line, LineAction.AUTHORIZE, at, IMPLIED)
        line.authorized_minor = amount_minor
        book.publish(LineAuthorized(line, visit, at))
    line.invoiced_minor = (line.invoiced_minor or 0) + amount_minor
    shift_line(book, line, LineAction.INVOICE, at)
    book.publish(LineInvoiced(line, visit, at, amount_minor))


def _add_revenue(
    book: Book,
    visit: Visit,
    invoice: Invoice,
    business_day: date,
    price: Price,
    invoiced: InvoicedLine | None,
) -> None:
    line = invoiced.line if invoiced else None
    book.add(
        InvoiceLine(
            dealership_id=visit.dealership_id,
            invoice_id=invoice.id,
            visit_id=visit.id,
            line_id=line.id if line else None,
            customer_id=visit.customer_id,
            vehicle_id=visit.vehicle_id,
            advisor_id=visit.advisor_id,
            category_id=line.category_id if line else None,
            pay_type=(line.pay_type if line else None) or visit.pay_type,
            business_day=business_day,
            posted_at=invoice.posted_at,
            amount_minor=price.amount_minor,
            labour_minor=price.labour_minor,
            parts_minor=price.parts_minor,
            cost_minor=invoiced.cost_minor if invoiced else None,
            discount_minor=invoiced.discount_minor if invoiced else None,
            centihours=price.centihours,
        )
    )


def _wrong(field: str, message: str, expected: str) -> InvalidInput:
    return InvalidInput("INVOICE_INVALID", message, errors=[FieldProblem(field, message, expected=expected)])
