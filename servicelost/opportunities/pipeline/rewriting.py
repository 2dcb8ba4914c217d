"""Making the ledger say of one need what its course tells, with as few entries as that takes.

What stands already stays. What does not is taken back in its own period; nothing is edited.
"""

from dataclasses import replace

from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.entries import (
    post_loss,
    post_recovery,
    post_reversal,
    standing_recoveries,
    take_back_recovery,
)
from servicelost.opportunities.ledger.models import (
    ENTRIES_OF_LOSS,
    ENTRIES_OF_OPPORTUNITY,
    EntryKind,
    LedgerEntry,
)
from servicelost.opportunities.ledger.subject import Loss
from servicelost.opportunities.pipeline.courses import Course
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.settling import hold, let_go, loss_of
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.reasons import cause_or_automatic


def set_ledger(book: Book, row: Opportunity, course: Course | None) -> None:
    """Let the ledger hold the loss and the recovery of the course, and nothing else of this episode."""
    wanted = None if course is None else _wanted(row, course)
    kept: LedgerEntry | None = None
    for loss in _standing_losses(book, row):
        if kept is None and wanted is not None and _says(loss, wanted):
            kept = loss
        else:
            _take_back(book, loss)
    let_go(row)
    if course is None or wanted is None:
        return
    entry = kept or post_loss(book, wanted)
    _set_recovery(book, entry, course)
    if course.recovered:
        row.amount_minor = entry.amount_minor
        return
    hold(row, entry)
    row.first_lost_at, row.first_lost_stage = wanted.occurred_at, entry.origin_stage


def _wanted(row: Opportunity, course: Course) -> Loss | None:
    if course.loss is None or course.lost_since is None:
        return None
    return replace(loss_of(row, course.loss, course.lost_since), origin_stage=course.first_stage)


def _standing_losses(book: Book, row: Opportunity) -> list[LedgerEntry]:
    losses = [
        entry
        for entry in book.many(ENTRIES_OF_OPPORTUNITY, row.id, since=row)
        if entry.kind == EntryKind.LOSS
    ]
    return [loss for loss in losses if not _is_reversed(book, loss)]


def _is_reversed(book: Book, loss: LedgerEntry) -> bool:
    return any(entry.kind == EntryKind.REVERSAL for entry in book.many(ENTRIES_OF_LOSS, loss.id))


def _says(entry: LedgerEntry, loss: Loss) -> bool:
    """Whether the entry tells the loss already."""
    told = (entry.amount_minor, entry.stage, entry.event, entry.occurred_at, entry.line_id)
    wanted = (loss.value.amount_minor, loss.stage, loss.event, loss.occurred_at, loss.line_id)
    return told == wanted and cause_or_automatic(loss.event, loss.reason.cause) == entry.cause


def _take_back(book: Book, loss: LedgerEntry) -> None:
    if standing_recoveries(book, loss):
        take_back_recovery(book, loss)
    post_reversal(book, loss, reason=Cause.SUPERSEDED, decided_at=loss.decided_at)


def _set_recovery(book: Book, loss: LedgerEntry, course: Course) -> None:
    known, sale = standing_recoveries(book, loss), course.sale if course.recovered else None
    if sale is not None and known:
        revenue = sum(entry.revenue_minor or 0 for entry in known)
        if (known[0].occurred_at, revenue, known[0].visit_id) == (sale.at, sale.revenue_minor, sale.visit_id):
            return
    if known:
        take_back_recovery(book, loss)
    if sale is not None:
        post_recovery(book, loss, sale)
