"""Logging a loss that no visit stands behind, on behalf of the page: load, call the one verb.

What was typed has passed its schema in `schemas/quick_log`; every rule is the workflow's or the ledger's.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from servicelost.directory.models import Dealership, ServiceCategory
from servicelost.directory.phones import phone_e164
from servicelost.kernel.book import Book
from servicelost.kernel.errors import FieldProblem, InvalidInput
from servicelost.kernel.money import to_minor
from servicelost.opportunities.pipeline.inquiries import lose_inquiry
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_CALL,
    OPPORTUNITIES_OF_NEED,
    Opportunity,
)
from servicelost.web.deciding import stated_reason
from servicelost.web.sight import get_visible
from servicelost.workflow import signals
from servicelost.workflow.models.signals import CALL_BY_SOURCE
from servicelost.workflow.signals import PartAsk

DESK = "desk"
Sent = Mapping[str, Any]


def log_call(book: Book, dealership: Dealership, sent: Sent) -> Opportunity | None:
    """A call nobody answered; None where it turned out to be no loss."""
    service = _service(book, sent)
    call = signals.record_call_missed(
        book, at=_when(book, sent), **_call(dealership, sent, service, "SERVICE")
    )
    return next(iter(book.many(OPPORTUNITIES_OF_CALL, call.id)), None)


def log_inquiry(book: Book, dealership: Dealership, sent: Sent) -> Opportunity | None:
    """Somebody asked and did not book. The same form again changes nothing."""
    known = book.one(CALL_BY_SOURCE, dealership.id, DESK, sent["once"])
    if known is not None:
        return next(iter(book.many(OPPORTUNITIES_OF_CALL, known.id)), None)
    service, amount = _service(book, sent), sent.get("amount")
    call = signals.record_call_received(
        book, at=_when(book, sent), **_call(dealership, sent, service, "PRICE")
    )
    quoted = None if amount is None else to_minor(amount, dealership.currency)
    reason = stated_reason(book, dealership, sent)
    return lose_inquiry(book, call, service, quoted_minor=quoted, reason=reason)


def log_part(book: Book, dealership: Dealership, sent: Sent) -> Opportunity | None:
    """A part asked for and not sold. The same form again changes nothing."""
    price = sent.get("unit_price")
    ask = PartAsk(
        dealership_id=dealership.id,
        source=DESK,
        source_id=sent["once"],
        part_number=sent["part_number"].upper(),
        quantity_milli=_milli(sent["quantity"]) or 0,
        on_hand_milli=_milli(sent.get("on_hand")),
        unit_price_minor=None if price is None else to_minor(price, dealership.currency),
        channel=sent["channel"],
    )
    reason = stated_reason(book, dealership, sent)
    request = signals.not_supply_part(book, ask, at=_when(book, sent), reason=reason)
    return next(iter(book.many(OPPORTUNITIES_OF_NEED, dealership.id, f"part:{request.id}")), None)


VERBS: Mapping[str, Callable[[Book, Dealership, Sent], Opportunity | None]] = {
    "call": log_call,
    "inquiry": log_inquiry,
    "part": log_part,
}


def _when(book: Book, sent: Sent) -> datetime:
    return book.now - timedelta(minutes=sent["minutes_ago"])


def _call(
    dealership: Dealership, sent: Sent, service: ServiceCategory | None, purpose: str
) -> signals.CallTold:
    return {
        "dealership_id": dealership.id, "source": DESK, "source_id": sent["once"], "purpose": purpose,
        "phone_key": _phone(dealership, sent), "category_id": service.id if service else None,
    }  # fmt: skip


def _service(book: Book, sent: Sent) -> ServiceCategory | None:
    service_id = sent.get("service_id")
    return None if service_id is None else get_visible(book, ServiceCategory, service_id)


def _phone(dealership: Dealership, sent: Sent) -> str | None:
    typed = sent.get("phone")
    if not typed:
        return None
    number = phone_e164(typed, dealership.country)
    if number is None:
        message = "is no telephone number; leave it empty if it is not known"
        raise InvalidInput("PHONE_INVALID", f"Phone {message}", errors=[FieldProblem("phone", message)])
    return number


def _milli(quantity: Decimal | None) -> int | None:
    return None if quantity is None else int((quantity * 1000).to_integral_value())
