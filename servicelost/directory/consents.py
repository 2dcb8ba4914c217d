"""Consent to be contacted: every statement is kept, the latest one counts.

Whether a contact is allowed now (stop list, quiet hours) is decided by the follow-up.
"""

from datetime import datetime

from servicelost.directory.models import CONSENTS_OF_CUSTOMER, Consent, Customer
from servicelost.directory.texts import tidy
from servicelost.kernel.book import Book
from servicelost.taxonomy.channels import ConsentPurpose, ConsentStatus, ContactChannel

_EVIDENCE_LIMIT = 2000


def record_consent(
    book: Book,
    customer: Customer,
    channel: ContactChannel,
    purpose: ConsentPurpose,
    status: ConsentStatus,
    at: datetime,
    source: str,
    evidence: str | None = None,
) -> Consent:
    """Keep what the customer said at this moment; the same statement again changes nothing."""
    for known in _statements(book, customer.id, channel, purpose):
        if (known.status, known.stated_at, known.source) == (status, at, source):
            return known
    return book.add(
        Consent(
            customer_id=customer.id,
            channel=channel.value,
            purpose=purpose.value,
            status=status.value,
            stated_at=at,
            recorded_at=book.now,
            source=source,
            evidence=tidy(evidence, "evidence", _EVIDENCE_LIMIT),
        )
    )


def current_consent(
    book: Book, customer_id: int, channel: ContactChannel, purpose: ConsentPurpose
) -> Consent | None:
    """The latest statement for this channel and purpose, None if there is none.

    Of two at the same moment the refusal counts.
    """
    statements = _statements(book, customer_id, channel, purpose)
    return max(statements, key=_later_or_refused, default=None)


def _later_or_refused(consent: Consent) -> tuple[datetime, bool, int]:
    return consent.stated_at, consent.status != ConsentStatus.GRANTED, consent.id


def _statements(
    book: Book, customer_id: int, channel: ContactChannel, purpose: ConsentPurpose
) -> list[Consent]:
    return [
        consent
        for consent in book.many(CONSENTS_OF_CUSTOMER, customer_id)
        if consent.channel == channel and consent.purpose == purpose
    ]
