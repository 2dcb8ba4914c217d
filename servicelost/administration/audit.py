"""The audit log: one function writes it, one reads it, nothing changes it.

Losses and stages have histories of their own; here stands what people administer.
"""

from collections.abc import Mapping
from typing import Any

from servicelost.administration.models import AUDIT_OF_SUBJECT, AuditEntry
from servicelost.kernel.book import Book


def record_audit(
    book: Book,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    dealership_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Log what the book's actor does now; values must be JSON-able and hold no secrets."""
    return book.add(
        AuditEntry(
            recorded_at=book.now,
            actor=book.actor.name,
            dealership_id=dealership_id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )
    )


def audit_of(book: Book, subject: str, subject_id: int) -> list[AuditEntry]:
    """Everything logged about one thing, oldest first."""
    return book.many(AUDIT_OF_SUBJECT, subject, subject_id)
