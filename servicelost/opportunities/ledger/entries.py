"""Writing the ledger: post a loss, take it back, record what came back of it.

Callers decide when; the arithmetic is kept here: a RECOVERY never releases more than is
outstanding, a REVERSAL takes back all that is left and stands in its LOSS's own period.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.kernel.money import from_minor, to_minor
from servicelost.opportunities.ledger.gate import check_loss
from servicelost.opportunities.ledger.models import (
    ENTRIES_OF_LOSS,
    ENTRIES_OF_OPPORTUNITY,
    CauseBasis,
    EntryKind,
    LedgerEntry,
    RevenueBasis,
)
from servicelost.opportunities.ledger.subject import Loss
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.parties import Owner, Party
from servicelost.taxonomy.reasons import owner_of
from servicelost.workflow.reason import Reason

# What a REVERSAL or RECOVERY repeats of its LOSS, so that every view can group it alike.
_REPEATED = (
    "dealership_id", "opportunity_id", "appointment_id", "visit_id", "line_id", "customer_id", "vehicle_id",
    "category_id", "labor_operation_id", "advisor_id", "technician_id", "stage", "origin_stage", "event",
    "cause", "cause_basis", "custom_cause_id", "contributing", "owner", "currency", "grade", "pay_type",
    "severity", "decided_by", "cancelled_by",
)  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """What was sold of a need: net revenue in minor units, on which basis, on which visit and line."""

    revenue_minor: int
    basis: RevenueBasis
    at: datetime
    visit_id: int | None = None
    line_id: int | None = None


def post_loss(book: Book, loss: Loss) -> LedgerEntry:
    """Write a LOSS after all rules of the gate; raises RuleViolation and then writes nothing."""
    cause = check_loss(loss)
    dealership = book.get(Dealership, loss.subject.dealership_id)
    return book.add(
        LedgerEntry(
            kind=EntryKind.LOSS, **_about(loss), **_why(loss.reason, cause, dealership.currency),
            **vars(loss.value), stage=loss.stage, origin_stage=loss.origin_stage or loss.stage,
            event=loss.event, occurred_at=loss.occurred_at,
            business_day=local_day(dealership, loss.occurred_at), decided_at=loss.decided_at,
            document=loss.document, evidence=loss.evidence, **_recorded(book),
        )
    )  # fmt: skip


def _about(loss: Loss) -> dict[str, Any]:
    return vars(loss.subject) | {
        "appointment_id": loss.appointment_id, "visit_id": loss.visit_id, "line_id": loss.line_id,
    }  # fmt: skip


def _why(reason: Reason, cause: Cause, currency: str) -> dict[str, Any]:
    price = reason.competitor_price
    return {
        "cause": cause, "custom_cause_id": reason.custom_cause_id, "currency": currency,
        "cause_basis": CauseBasis.AUTOMATIC if reason.cause is None else CauseBasis.STATED,
        "contributing": [code.value for code in reason.contributing] or None,
        "owner": owner_of(cause, reason.owner), "note": reason.note, "decided_by": reason.decided_by,
        "cancelled_by": reason.cancelled_by, "competitor_id": reason.competitor_id,
        "competitor_price_minor": None if price is None else to_minor(price, currency),
    }  # fmt: skip


def _recorded(book: Book) -> dict[str, Any]:
    return {
        "recorded_at": book.now, "recorded_by_id": book.actor.employee_id, "recorded_by": book.actor.name,
    }  # fmt: skip


def post_reversal(
    book: Book, loss: LedgerEntry, *, reason: str, decided_at: datetime, note: str | None = None
) -> LedgerEntry:
    """Take back a LOSS in its own period; raises RuleViolation when it is closed already."""
    outstanding = outstanding_of(book, loss)
    if outstanding != loss.amount_minor or is_closed(book, loss):
        raise RuleViolation("LOSS_CLOSED", f"loss {loss.id} is reversed or recovered already")
    return book.add(
        LedgerEntry(
            **_repeat(loss), kind=EntryKind.REVERSAL, loss_id=loss.id, reason=reason, note=note,
            amount_minor=loss.amount_minor, labour_minor=loss.labour_minor, parts_minor=loss.parts_minor,
            centihours=loss.centihours, occurred_at=loss.occurred_at, business_day=loss.business_day,
            decided_at=decided_at, **_recorded(book),
        )
    )  # fmt: skip


def post_recovery(
    book: Book, loss: LedgerEntry, sale: Sale, *, released_minor: int | None = None
) -> LedgerEntry:
    """Record that work came back: `released_minor` (default: all outstanding) closes that much of the LOSS.

    It stands in the period of the sale. Raises RuleViolation when it would release more than is outstanding.
    """
    outstanding = outstanding_of(book, loss)
    released = outstanding if released_minor is None else released_minor
    if not 0 <= released <= outstanding or is_closed(book, loss):
        raise RuleViolation(
            "RELEASE_TOO_MUCH", f"loss {loss.id} has {outstanding} outstanding, {released} cannot be released"
        )
    dealership = book.get(Dealership, loss.dealership_id)
    values = _repeat(loss) | {"visit_id": sale.visit_id, "line_id": sale.line_id}
    return book.add(
        LedgerEntry(
            **values, kind=EntryKind.RECOVERY, loss_id=loss.id, amount_minor=released,
            revenue_minor=sale.revenue_minor, revenue_basis=sale.basis, occurred_at=sale.at,
            business_day=local_day(dealership, sale.at), decided_at=sale.at, **_recorded(book),
        )
    )  # fmt: skip


def standing_recoveries(book: Book, loss: LedgerEntry) -> list[LedgerEntry]:
    """What came back of the LOSS, without what has been taken back since; a corrected revenue is among it."""
    found: list[LedgerEntry] = []
    for entry in book.many(ENTRIES_OF_LOSS, loss.id):
        if entry.kind == EntryKind.RECOVERY:
            found = [] if entry.reason else [*found, entry]
    return found


def take_back_recovery(book: Book, loss: LedgerEntry) -> LedgerEntry:
    """Take back what came back of the LOSS, in the period in which that stood: it is outstanding again.

    Written as a RECOVERY of the opposite sign, with a reason.
    """
    known = standing_recoveries(book, loss)
    if not known:
        raise RuleViolation("NOT_RECOVERED", f"nothing of loss {loss.id} has been recovered")
    again = {name: known[0].__dict__[name] for name in (*_REPEATED, "loss_id", "revenue_basis")}
    return book.add(
        LedgerEntry(
            **again, kind=EntryKind.RECOVERY, reason=Cause.SUPERSEDED,
            amount_minor=-sum(entry.amount_minor for entry in known),
            revenue_minor=-sum(entry.revenue_minor or 0 for entry in known),
            occurred_at=known[0].occurred_at, business_day=known[0].business_day,
            decided_at=known[0].decided_at, **_recorded(book),
        )
    )  # fmt: skip


def recovery_of(book: Book, opportunity_id: int) -> LedgerEntry | None:
    """The newest RECOVERY of an opportunity, if it has one that stands."""
    entries = book.many(ENTRIES_OF_OPPORTUNITY, opportunity_id)
    newest = next((entry for entry in reversed(entries) if entry.kind == EntryKind.RECOVERY), None)
    return None if newest is None or newest.reason else newest


def correct_revenue(book: Book, recovery: LedgerEntry, sale: Sale) -> LedgerEntry:
    """Add the difference when the invoice of recovered work names another price; it releases nothing."""
    again = {name: recovery.__dict__[name] for name in (*_REPEATED, "loss_id")}
    return book.add(
        LedgerEntry(
            **again, kind=EntryKind.RECOVERY, amount_minor=0, revenue_minor=sale.revenue_minor,
            revenue_basis=sale.basis, occurred_at=recovery.occurred_at, business_day=recovery.business_day,
            decided_at=sale.at, **_recorded(book),
        )
    )  # fmt: skip


def outstanding_of(book: Book, loss: LedgerEntry) -> int:
    """What of the LOSS is neither reversed nor released, in minor units."""
    return loss.amount_minor - sum(entry.amount_minor for entry in book.many(ENTRIES_OF_LOSS, loss.id))


def is_closed(book: Book, loss: LedgerEntry) -> bool:
    """Whether nothing more can be booked against the LOSS (also one of zero value closes once)."""
    against = book.many(ENTRIES_OF_LOSS, loss.id)
    return any(entry.kind == EntryKind.REVERSAL for entry in against) or (
        bool(standing_recoveries(book, loss)) and outstanding_of(book, loss) == 0
    )


def _repeat(loss: LedgerEntry) -> dict[str, object]:
    return {name: loss.__dict__[name] for name in _REPEATED}


def reason_of(entry: LedgerEntry) -> Reason:
    """The reason a loss was written with, as far as it was stated."""
    stated = entry.cause_basis == CauseBasis.STATED
    price, currency = entry.competitor_price_minor, entry.currency
    return Reason(
        cause=Cause(entry.cause) if stated else None,
        contributing=tuple(Cause(code) for code in entry.contributing or ()),
        custom_cause_id=entry.custom_cause_id,
        note=entry.note,
        competitor_id=entry.competitor_id,
        competitor_price=None if price is None else from_minor(price, currency),
        owner=Owner(entry.owner) if stated and entry.owner else None,
        decided_by=Party(entry.decided_by) if entry.decided_by else None,
        cancelled_by=Party(entry.cancelled_by) if entry.cancelled_by else None,
    )
