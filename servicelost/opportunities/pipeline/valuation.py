"""What a lost opportunity is worth, and how sure that is.

A quoted and decided by the customer; B quoted, menu or booked; C the operation's average; D the
average repair order. What nobody can value is worth zero and says so by its grade.
"""

from datetime import timedelta
from decimal import Decimal

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import AVERAGE_RO, BOOKING_CONVERSION
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.money import to_minor
from servicelost.opportunities.ledger.models import LedgerEntry
from servicelost.opportunities.ledger.subject import Subject, Value
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.queries import average_price
from servicelost.taxonomy.grades import Grade
from servicelost.taxonomy.parties import Party
from servicelost.workflow.models.lines import Line

_YEAR = timedelta(days=365)


def value_of_line(book: Book, line: Line, decided_by: Party | None) -> Value:
    """The line's own price, graded A only when the customer decided on a quote; else an average."""
    if line.amount_minor is None:
        return _average(book, line.dealership_id, line.labor_operation_id, line.category_id, line.centihours)
    decided = decided_by is Party.CUSTOMER and (line.presented_at is not None or line.priced_as == "QUOTED")
    return Value(
        line.amount_minor,
        Grade.A if decided else Grade.B,
        line.labour_minor,
        line.parts_minor,
        line.centihours,
    )


def value_of_opportunity(book: Book, opportunity: Opportunity) -> Value:
    """The opportunity's latest price, else an average, else the average repair order."""
    if opportunity.amount_minor is not None:
        return Value(
            opportunity.amount_minor, Grade.B, opportunity.labour_minor, opportunity.parts_minor,
            opportunity.centihours,
        )  # fmt: skip
    if opportunity.category_id or opportunity.labor_operation_id:
        return _average(
            book, opportunity.dealership_id, opportunity.labor_operation_id, opportunity.category_id, None
        )
    return average_order(book, opportunity.dealership_id)


def average_order(book: Book, dealership_id: int) -> Value:
    """The average repair order of the dealership's settings; zero while nobody has named one."""
    average = read_setting(book, dealership_id, AVERAGE_RO)
    currency = book.get(Dealership, dealership_id).currency
    return Value(0 if average is None else to_minor(average, currency), Grade.D)


def missed_call(book: Book, dealership_id: int) -> Value:
    """Average repair order times the share of calls that become bookings."""
    share: Decimal = read_setting(book, dealership_id, BOOKING_CONVERSION)
    return Value(round(average_order(book, dealership_id).amount_minor * share), Grade.D)


def subject_of(opportunity: Opportunity) -> Subject:
    """The opportunity as the ledger wants it described."""
    return Subject(
        opportunity.dealership_id, opportunity.id, opportunity.customer_id, opportunity.vehicle_id,
        opportunity.category_id, opportunity.labor_operation_id, opportunity.advisor_id,
        opportunity.technician_id, opportunity.pay_type, opportunity.severity,
    )  # fmt: skip


def value_of(loss: LedgerEntry) -> Value:
    """What the loss was worth when it was written."""
    return Value(loss.amount_minor, Grade(loss.grade), loss.labour_minor, loss.parts_minor, loss.centihours)


def _average(
    book: Book, dealership_id: int, operation_id: int | None, category_id: int | None, centihours: int | None
) -> Value:
    if operation_id is None and category_id is None:
        return average_order(book, dealership_id)
    key = ("average_price", dealership_id, operation_id, category_id)
    amount = book.memo(
        key,
        lambda: average_price(book.connection, dealership_id, operation_id, category_id, book.now - _YEAR),
    )
    if amount is None:
        return average_order(book, dealership_id)
    return Value(amount, Grade.C, centihours=centihours)
