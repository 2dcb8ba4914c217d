"""The contact log: attempts to reach a customer, and two-way contacts.

A contact is two-way; a voicemail, a receipt or a machine's message is none. When a person may be
contacted at all is decided in `touch`.
"""

from datetime import datetime
from enum import StrEnum

from servicelost.kernel.book import Book
from servicelost.opportunities.followup.facts import ContactMade
from servicelost.opportunities.followup.models import CONTACT_BY_SOURCE, Contact


class ContactKind(StrEnum):
    """An attempt, or a contact that went both ways."""

    ATTEMPT = "ATTEMPT"
    TWO_WAY = "TWO_WAY"


def log_contact(
    book: Book, kind: ContactKind, *, dealership_id: int, source: str, source_id: str, channel: str,
    at: datetime, direction: str | None = None, automatic: bool = False, customer_id: int | None = None,
    vehicle_id: int | None = None, visit_id: int | None = None, opportunity_id: int | None = None,
    employee_id: int | None = None, outcome: str | None = None, note: str | None = None,
) -> Contact:  # fmt: skip
    """Log an attempt or a two-way contact once; the same id again gives the entry that is there."""
    known = book.one(CONTACT_BY_SOURCE, dealership_id, source, source_id)
    if known is not None:
        return known
    contact = book.add(
        Contact(
            dealership_id=dealership_id, source=source, source_id=source_id, kind=kind, channel=channel,
            direction=direction, automatic=automatic, customer_id=customer_id, vehicle_id=vehicle_id,
            visit_id=visit_id, opportunity_id=opportunity_id, employee_id=employee_id, outcome=outcome,
            note=note, occurred_at=at,
        )
    )  # fmt: skip
    if kind is ContactKind.TWO_WAY:
        book.publish(ContactMade(contact, at))
    return contact
