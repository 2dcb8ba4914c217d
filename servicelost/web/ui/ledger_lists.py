"""Entries of the ledger in a list and one by one with their history.

Only reading; what an entry means and who may take one back is the business of `opportunities`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, func, select

from servicelost.directory.causes import label_in
from servicelost.directory.models import (
    Competitor,
    Customer,
    Dealership,
    DealershipCause,
    Employee,
    ServiceCategory,
    Vehicle,
)
from servicelost.kernel.actor import Actor
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import ENTRIES_OF_LOSS, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.taxonomy.causes import CAUSES, Cause
from servicelost.taxonomy.loss_events import LOSS_EVENTS, LossEvent
from servicelost.taxonomy.stages import STAGES, Stage
from servicelost.web.languages import current_language
from servicelost.web.languages import gettext as _
from servicelost.web.ledger_filters import narrowed
from servicelost.web.sight import only_visible
from servicelost.web.ui.decision_words import words_of
from servicelost.web.ui.evidence import Told, evidence_words
from servicelost.web.ui.labels import DECISION_LABELS, ENTRY_MARKS, Mark
from servicelost.web.ui.paging import PageOf, page_of
from servicelost.web.ui.row_files import check_not_too_many
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
    dealership: str


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
    own_cause: str | None
    contributing: str
    evidence: list[Told]
    history: list[Happening]
    can_reverse: bool


def list_entries(book: Book, actor: Actor, filters: Mapping[str, Any]) -> PageOf[EntryRow]:
    """The asked page of entries, newest day first."""
    page = page_of(book.connection, _found(book, actor, filters))
    return PageOf([entry_row(row) for row in page.rows], page.number, page.more)


def all_entries(book: Book, actor: Actor, filters: Mapping[str, Any]) -> Iterator[EntryRow]:
    """All of them, as many as a file may hold."""
    statement = _found(book, actor, filters)
    count = book.connection.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    check_not_too_many(count or 0)
    yield from (entry_row(row) for row in book.connection.execute(statement))


def _found(book: Book, actor: Actor, filters: Mapping[str, Any]) -> Select[Any]:
    statement = only_visible(entry_rows(), actor, _entry.dealership_id)
    statement = narrowed(book, statement, filters)
    return statement.order_by(LedgerEntry.business_day.desc(), LedgerEntry.id.desc())


def entry_rows() -> Select[Any]:
    """The columns that `entry_row` needs, of all entries."""
    entry = LedgerEntry
    statement = (
        select(
            entry.id, entry.business_day, entry.kind, entry.stage, entry.event, entry.cause,
            entry.amount_minor, entry.currency, entry.grade, entry.visit_id,
            entry.document, entry.evidence, Dealership.name.label("dealership"),
            ServiceCategory.name.label("service"),
            Customer.name.label("customer"), Employee.name.label("advisor"), Visit.source_id.label("order"),
        )
        .join(Dealership, Dealership.id == entry.dealership_id)
        .outerjoin(ServiceCategory, ServiceCategory.id == entry.category_id)
        .outerjoin(Customer, Customer.id == entry.customer_id)
        .outerjoin(Employee, Employee.id == entry.advisor_id)
        .outerjoin(Visit, Visit.id == entry.visit_id)
    )  # fmt: skip
    return cast(Select[Any], statement)


def entry_row(row: Any) -> EntryRow:
    """A row of `entry_rows` in words."""
    what = row.service or (row.evidence or {}).get("part_number")
    return EntryRow(
        row.id, row.business_day, ENTRY_MARKS[row.kind], what, row.customer, row.advisor,
        STAGES[Stage(row.stage)].label, LOSS_EVENTS[LossEvent(row.event)].label,
        CAUSES[Cause(row.cause)].label,
        signed(row.kind, row.amount_minor), row.currency, row.grade, row.visit_id, row.order, row.document,
        row.dealership,
    )  # fmt: skip


def signed(kind: str, amount: int) -> int:
    """What the entry adds to the sum of losses."""
    return amount if kind == EntryKind.LOSS else -amount


def view_entry(book: Book, entry: LedgerEntry) -> EntryView:
    """Everything the page of the entry shows."""
    found = book.connection.execute(entry_rows().where(LedgerEntry.id == entry.id)).one()
    opportunity = book.get(Opportunity, entry.opportunity_id)
    competitor = None if entry.competitor_id is None else book.get(Competitor, entry.competitor_id).name
    own = None if entry.custom_cause_id is None else book.get(DealershipCause, entry.custom_cause_id)
    dealership = book.get(Dealership, entry.dealership_id)
    return EntryView(
        entry,
        entry_row(found),
        dealership,
        None if entry.vehicle_id is None else book.find(Vehicle, entry.vehicle_id),
        competitor,
        None if own is None else label_in(own, current_language()),
        ", ".join(_(CAUSES[Cause(code)].label) for code in entry.contributing or ()),
        evidence_words(entry.evidence, dealership.timezone),
        _history(book, entry),
        entry.kind == EntryKind.LOSS and opportunity.loss_id == entry.id,
    )


def _history(book: Book, entry: LedgerEntry) -> list[Happening]:
    loss_id = entry.loss_id or entry.id
    entries = [book.get(LedgerEntry, loss_id), *book.many(ENTRIES_OF_LOSS, loss_id)]
    decisions = book.many(DECISIONS_OF_OPPORTUNITY, entry.opportunity_id)
    found = [
        Happening(
            row.occurred_at,
            DECISION_LABELS.get(row.kind, row.kind),
            row.actor,
            row.amount_minor,
            words_of(row),
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
