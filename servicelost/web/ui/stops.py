"""Whom a page must not offer to call about what waits: the one stop list, asked for many customers at once.

Who called himself is called back; that needs no leave.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from servicelost.directory.models import CONSENTS_OF_CUSTOMER, Customer, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import PROBLEMS_OF_CUSTOMER
from servicelost.opportunities.followup.touch import Stop, may_touch
from servicelost.taxonomy.channels import ConsentPurpose, ContactChannel


class Whom(NamedTuple):
    """A customer, the car it is about where it is known, and what the call is for.

    Work put off is offered anew, which is marketing; who has an open quote has asked for it.
    """

    customer_id: int
    vehicle_id: int | None
    purpose: ConsentPurpose = ConsentPurpose.MARKETING


def stops_of(book: Book, whom: Collection[Whom]) -> Mapping[Whom, tuple[Stop, ...]]:
    """Why each of these must not be called; without a reason they may be."""
    customers = [(one.customer_id,) for one in whom]
    book.preload_ids(Customer, [one.customer_id for one in whom])
    book.preload_ids(Vehicle, [one.vehicle_id for one in whom if one.vehicle_id is not None])
    book.preload(CONSENTS_OF_CUSTOMER, customers)
    book.preload(PROBLEMS_OF_CUSTOMER, customers)
    return {one: _stops(book, one) for one in whom}


def _stops(book: Book, one: Whom) -> tuple[Stop, ...]:
    customer = book.find(Customer, one.customer_id)
    if customer is None:
        return ()
    vehicle = None if one.vehicle_id is None else book.find(Vehicle, one.vehicle_id)
    verdict = may_touch(book, customer, one.purpose, ContactChannel.PHONE, vehicle)
    return tuple(stop for stop in verdict.stops if stop is not Stop.NO_ADDRESS)
