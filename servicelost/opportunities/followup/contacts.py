"""The contact log: attempts to reach a customer, and two-way contacts.

A contact is two-way; a voicemail, a receipt or a machine's message is none. When a person may be
contacted at all is decided in `touch`. Nothing is edited: a wrong tap is taken back by an entry of its own.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from servicelost.kernel.book import Book
from servicelost.opportunities.followup.facts import ContactMade, ContactTakenBack
from servicelost.opportunities.followup.models import CONTACT_BY_SOURCE, Contact


class ContactKind(StrEnum):
    """An attempt, a contact that went both ways, or the taking back of one of them."""

    ATTEMPT = "ATTEMPT"
    TWO_WAY = "TWO_WAY"
    TAKEN_BACK = "TAKEN_BACK"


_UNDOES = "undo:"


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


def take_back_contact(book: Book, contact: Contact) -> Contact:
    """It did not take place: kept as an entry that undoes this one; once is enough."""
    undoing = log_contact(
        book, ContactKind.TAKEN_BACK, dealership_id=contact.dealership_id, source=contact.source,
        source_id=f"{_UNDOES}{contact.source_id}", channel=contact.channel, at=book.now,
        direction=contact.direction, automatic=contact.automatic, customer_id=contact.customer_id,
        vehicle_id=contact.vehicle_id, visit_id=contact.visit_id, opportunity_id=contact.opportunity_id,
        employee_id=book.actor.employee_id, outcome=contact.outcome,
    )  # fmt: skip
    book.publish(ContactTakenBack(contact, book.now))
    return undoing


def standing_contacts(contacts: Iterable[Contact]) -> list[Contact]:
    """The contacts that took place: without those taken back, and without the taking back."""
    known = list(contacts)
    undone = {
        (row.source, row.source_id.removeprefix(_UNDOES))
        for row in known
        if row.kind == ContactKind.TAKEN_BACK
    }
    return [
        row
        for row in known
        if row.kind != ContactKind.TAKEN_BACK and (row.source, row.source_id) not in undone
    ]
