"""Entries of the ledger in a list and one by one with their history.

Only reading; what an entry means and who may take one back is the business of `opportunities`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, select

from servicelost.directory.models import Competitor, Customer, Dealership, Employee, ServiceCategory, Vehicle
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import ENTRIES_OF_LOSS, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.stages import STAGES, Stage
from servicelost.web.sight import only_visible
from servicelost.web.ui.labels import DECISION_LABELS, ENTRY_MARKS, Mark
from servicelost.web.ui.paging import PageOf, page_of
from servicelost.workflow.models.visits import Visit

LEDGER_WORDS: Mapping[str, str] = {
    EntryKind.LOSS: "Ledger: lost",
    EntryKind.REVERSAL: "Ledger: taken back",
    EntryKind.RECOVERY: "Ledger: recovered",
}
_entry = LedgerEntry.__table__.c


@dataclass(frozen=True)
class EntryRow:
    """An entry in a list, with its words; what was taken back or came back counts against the losses."""

    id: int
    day: date
    mark: Mark
    service: str | None
    customer: str | None
    advisor: str | None
    where: str
    event: str
    why: str
    signed_minor: int
    currency: str
    grade: str
    visit_id: int | None
    order: str | None
    document: str | None


@dataclass(frozen=True)
class Happening:
    """Something in the history of a need: a decision about it or an entry in the ledger."""

    at: datetime
    what: str
    who: str
    amount_minor: int | None
    note: str | None
    entry_id: int | None = None


@dataclass(frozen=True)
class EntryView:
    """One entry with all that is known of it; `can_reverse` says whether it is a loss that is open."""

    row: LedgerEntry
    list_row: EntryRow
    dealership: Dealership
    vehicle: Vehicle | None
    competitor: str | None
    history: list[Happening]
    can_reverse: bool


def list_entries(book: Book, actor: Actor, filters: Mapping[str, Any]) -> PageOf[EntryRow]:
    """The asked page of entries, newest day first."""
    statement = only_visible(entry_rows(), actor, _entry.dealership_id)
    for name in ("kind", "stage", "event", "cause"):
        if name in filters:
            statement = statement.where(_entry[name] == filters[name].value)
    if "first" in filters:
        statement = statement.where(_entry.business_day >= filters["first"])
    if "last" in filters:
        statement = statement.where(_entry.business_day <= filters["last"])
    page = page_of(
        book.connection, statement.order_by(LedgerEntry.business_day.desc(), LedgerEntry.id.desc())
    )
    return PageOf([entry_row(row) for row in page.rows], page.number, page.more)


def entry_rows() -> Select[Any]:
    """The columns that `entry_row` needs, of all entries."""
    entry = LedgerEntry
    statement = (
        select(
            entry.id, entry.business_day, entry.kind, entry.stage, entry.event, entry.cause,
            entry.amount_minor, entry.currency, entry.grade, entry.visit_id,
            entry.document, ServiceCategory.name.label("service"),
            Customer.name.label("customer"), Employee.name.label("advisor"), Visit.source_id.label("order"),
        )
        .outerjoin(ServiceCategory, ServiceCategory.id == entry.category_id)
        .outerjoin(Customer, Customer.id == entry.customer_id)
        .outerjoin(Employee, Employee.id == entry.advisor_id)
        .outerjoin(Visit, Visit.id == entry.visit_id)
    )  # fmt: skip
    return cast(Select[Any], statement)


def entry_row(row: Any) -> EntryRow:
    """A row of `entry_rows` in words."""
    return EntryRow(
        row.id, row.business_day, ENTRY_MARKS[row.kind], row.service, row.customer, row.advisor,
        STAGES[Stage(row.stage)].label, LOSS_EVENTS[LossEvent(row.event)].label,
        CAUSES[Cause(row.cause)].label,
        signed(row.kind, row.amount_minor), row.currency, row.grade, row.visit_id, row.order, row.document,
    )  # fmt: skip


def signed(kind: str, amount: int) -> int:
    """What the entry adds to the sum of losses."""
    return amount if kind == EntryKind.LOSS else -amount


def view_entry(book: Book, entry: LedgerEntry) -> EntryView:
    """Everything the page of the entry shows."""
    found = book.connection.execute(entry_rows().where(LedgerEntry.id == entry.id)).one()
    opportunity = book.get(Opportunity, entry.opportunity_id)
    competitor = None if entry.competitor_id is None else book.get(Competitor, entry.competitor_id).name
    return EntryView(
        entry,
        entry_row(found),
        book.get(Dealership, entry.dealership_id),
        None if entry.vehicle_id is None else book.find(Vehicle, entry.vehicle_id),
        competitor,
        _history(book, entry),
        entry.kind == EntryKind.LOSS and opportunity.loss_id == entry.id,
    )


def _history(book: Book, entry: LedgerEntry) -> list[Happening]:
    loss_id = entry.loss_id or entry.id
    entries = [book.get(LedgerEntry, loss_id), *book.many(ENTRIES_OF_LOSS, loss_id)]
    decisions = book.many(DECISIONS_OF_OPPORTUNITY, entry.opportunity_id)
    found = [
        Happening(
            row.occurred_at, DECISION_LABELS.get(row.kind, row.kind), row.actor, row.amount_minor, row.note
        )
        for row in decisions
    ]
    found += _entered(entries)
    return sorted(found, key=lambda happening: (happening.at, happening.entry_id or 0))


def _entered(entries: Iterable[LedgerEntry]) -> list[Happening]:
    return [
        Happening(
            row.decided_at, LEDGER_WORDS[row.kind], row.recorded_by,
            row.amount_minor, row.note, row.id,
        )
        for row in entries
    ]  # fmt: skip
