"""The loss ledger over the API: entries page by page, and taking a loss back by a reversing entry."""

from http import HTTPStatus
from typing import Any

from sqlalchemy import Select, select

from servicelost.directory.models import Dealership
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import ENTRIES_OF_LOSS, LedgerEntry
from servicelost.opportunities.pipeline.corrections import reverse_loss
from servicelost.web.api.blueprint import endpoint
from servicelost.web.api.shapes import money
from servicelost.web.current import current_runtime
from servicelost.web.identity import current_actor
from servicelost.web.ledger_filters import narrowed
from servicelost.web.permissions import Action
from servicelost.web.schemas.ledger import (
    LedgerEntrySchema,
    LedgerPageSchema,
    LedgerQuerySchema,
    ReverseSchema,
)
from servicelost.web.sight import get_visible, only_visible


@endpoint(
    "GET",
    "/ledger",
    Action.READ_LEDGER,
    tag="ledger",
    answer=LedgerPageSchema,
    query=LedgerQuerySchema,
    refusals={HTTPStatus.NOT_FOUND},
)
def list_ledger(query: dict[str, Any]) -> dict[str, Any]:
    """List entries of the ledger, newest first"""
    with current_runtime().unit(current_actor(), reading=True) as book:
        ids: list[int] = list(book.connection.scalars(_matching(book, query).limit(query["limit"] + 1)))
        shown, more = ids[: query["limit"]], len(ids) > query["limit"]
        book.preload_ids(LedgerEntry, shown)
        entries = [_shape(book, book.get(LedgerEntry, entry_id)) for entry_id in shown]
    return {"entries": entries, "next": shown[-1] if more else None}


@endpoint("GET", "/ledger/<int:entry_id>", Action.READ_LEDGER, tag="ledger", answer=LedgerEntrySchema)
def get_entry(entry_id: int) -> dict[str, Any]:
    """Show one entry of the ledger"""
    with current_runtime().unit(current_actor(), reading=True) as book:
        return _shape(book, get_visible(book, LedgerEntry, entry_id))


@endpoint(
    "POST",
    "/ledger/<int:entry_id>/reverse",
    Action.REVERSE_LOSSES,
    tag="ledger",
    answer=LedgerEntrySchema,
    status=HTTPStatus.CREATED,
    body=ReverseSchema,
    refusals={HTTPStatus.CONFLICT},
)
def reverse_entry(body: dict[str, Any], entry_id: int) -> dict[str, Any]:
    """Take a loss back that is none, by a reversing entry

    Nothing is edited or deleted: the answer is the REVERSAL, which stands in the period of its LOSS.
    """

    def reverse(book: Book) -> dict[str, Any]:
        loss = get_visible(book, LedgerEntry, entry_id)
        reverse_loss(book, loss.id, body["reason"], body["note"])
        return _shape(book, book.many(ENTRIES_OF_LOSS, loss.id)[-1])

    return current_runtime().repeated(current_actor(), reverse)


def _matching(book: Book, query: dict[str, Any]) -> Select[Any]:
    entry = LedgerEntry.__table__.c
    statement = only_visible(select(entry.id), book.actor, entry.dealership_id).order_by(entry.id.desc())
    statement = narrowed(book, statement, query)
    return statement.where(entry.id < query["before"]) if "before" in query else statement


def _shape(book: Book, entry: LedgerEntry) -> dict[str, Any]:
    return {
        **entry.__dict__,
        "dealership": book.get(Dealership, entry.dealership_id).code,
        "amount": money(entry.amount_minor, entry.currency),
        "labour": money(entry.labour_minor, entry.currency),
        "parts": money(entry.parts_minor, entry.currency),
        "revenue": money(entry.revenue_minor, entry.currency),
    }
