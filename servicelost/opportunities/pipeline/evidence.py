"""What the house knows around the lines of a visit: stock, free hours, offers, quotes, contacts, and custom.

Read with a handful of queries whatever the visit holds, each bounded. What it means is in `likely_causes`.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Competitor, Dealership
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import Contact
from servicelost.opportunities.ledger.models import CauseBasis, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.likely_causes import Evidence, inferred_cause
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.matrix import legal_causes
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.quotes import QUOTES_OF_VISIT
from servicelost.workflow.models.signals import CapacityDay, CompetitorOffer, PartStock
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.reason import Reason
from servicelost.workflow.states import LineState, QuoteState

_AHEAD = timedelta(days=14)
_OFFER_LASTS = timedelta(days=180)
_NEWEST_LOSSES, _NEWEST_OFFERS = 1000, 50
_AN_HOUR = 100
# Where nobody opens anything.
_SPOKEN = frozenset({"PHONE", "IN_PERSON"})
Usual = Mapping[int | None, Mapping[Cause, int]]
Hours = Mapping[date, Mapping[str, int]]


def evidence_of_lines(
    book: Book, visit: Visit, lines: Sequence[Line], *, contact: bool = True
) -> dict[int, Evidence]:
    """What is known around each of these lines of the visit now, by the id of the line.

    Without `contact` it is not asked whether the customer was reached.
    """
    dealership = book.get(Dealership, visit.dealership_id)
    today = local_day(dealership, book.now)
    stock = _stock(book, dealership, {line.part_number for line in lines if line.part_number})
    hours = _free_hours(book, dealership, today)
    offers = _offers(book, visit, lines)
    unopened = contact and _is_unopened(book, visit)
    attempts = _attempts(book, visit) if contact else None
    around = Evidence(today, attempts=attempts)
    return {
        line.id: replace(
            around,
            price_minor=line.amount_minor,
            quote_unopened=unopened and line.state == LineState.QUOTED,
            **_of_hours(hours, line),
            **_of_stock(stock.get(line.part_number or "")),
            **_of_offers(book, offers, visit, line),
        )
        for line in lines
    }


def with_inference(book: Book, visit: Visit, line: Line, event: LossEvent, reason: Reason) -> Reason:
    """The stated reason, with the cause that the evidence points to beside it."""
    contact = Cause.NO_CONTACT in legal_causes(event)
    evidence = evidence_of_lines(book, visit, [line], contact=contact)[line.id]
    likely = inferred_cause(event, evidence)
    if likely is None or likely.sign is None:
        return reason
    return replace(reason, inferred=likely.cause, inferred_from=likely.sign.value)


def usual_causes(book: Book, visit: Visit) -> Usual:
    """How often each cause was stated for the dealership's newest losses, by service."""
    newest = (
        select(LedgerEntry.category_id, LedgerEntry.cause, LedgerEntry.cause_basis, LedgerEntry.kind)
        .where(LedgerEntry.dealership_id == visit.dealership_id)
        .order_by(LedgerEntry.business_day.desc())
        .limit(_NEWEST_LOSSES)
        .subquery()
    )
    query = (
        select(newest.c.category_id, newest.c.cause, func.count())
        .where(newest.c.kind == EntryKind.LOSS, newest.c.cause_basis == CauseBasis.STATED)
        .group_by(newest.c.category_id, newest.c.cause)
    )
    found: dict[int | None, Counter[Cause]] = defaultdict(Counter)
    for category_id, cause, count in book.connection.execute(query):
        found[category_id][Cause(cause)] += count
    return found


def _stock(book: Book, dealership: Dealership, numbers: Collection[str]) -> dict[str, Row[Any]]:
    if not numbers:
        return {}
    newest = (
        select(PartStock.part_number, func.max(PartStock.occurred_at).label("at"))
        .where(PartStock.dealership_id == dealership.id, PartStock.part_number.in_(sorted(numbers)))
        .group_by(PartStock.part_number)
        .subquery()
    )
    query = (
        select(PartStock.part_number, PartStock.on_hand_milli, PartStock.back_order_until)
        .join(
            newest, (newest.c.part_number == PartStock.part_number) & (newest.c.at == PartStock.occurred_at)
        )
        .where(PartStock.dealership_id == dealership.id)
        .order_by(PartStock.id)
    )
    rows: Sequence[Any] = book.connection.execute(query).all()
    return {row.part_number: row for row in rows}


def _of_stock(row: Row[Any] | None) -> dict[str, Any]:
    if row is None or row.on_hand_milli > 0:
        return {}
    return {"out_of_stock": True, "back_order_until": row.back_order_until}


def _free_hours(book: Book, dealership: Dealership, today: date) -> Hours:
    query = select(
        CapacityDay.day,
        CapacityDay.skill,
        CapacityDay.available_centihours - CapacityDay.booked_centihours,
    ).where(
        CapacityDay.dealership_id == dealership.id,
        CapacityDay.day >= today,
        CapacityDay.day <= today + _AHEAD,
    )
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for day, skill, free in book.connection.execute(query):
        found[day][skill.upper()] += free
    return found


def _of_hours(hours: Hours, line: Line) -> dict[str, Any]:
    """The first day with room for the line: of its own skill where hours of that are told, else of all."""
    skill, needed = (line.skill or "").upper(), line.centihours or _AN_HOUR
    free = {day: by_skill[skill] for day, by_skill in hours.items() if skill in by_skill}
    free = free or {day: sum(by_skill.values()) for day, by_skill in hours.items()}
    first = min((day for day, left in free.items() if left >= needed), default=None)
    return {"free_day": first, "looked_until": max(free, default=None)}


def _offers(book: Book, visit: Visit, lines: Sequence[Line]) -> Sequence[Row[Any]]:
    """Competitors' prices told lately for these lines, this visit or these services, the newest first."""
    services = {line.category_id for line in lines if line.category_id is not None}
    query = (
        select(
            CompetitorOffer.line_id, CompetitorOffer.visit_id, CompetitorOffer.category_id,
            CompetitorOffer.competitor_id, CompetitorOffer.price_minor,
        )
        .where(
            CompetitorOffer.dealership_id == visit.dealership_id,
            CompetitorOffer.occurred_at >= book.now - _OFFER_LASTS,
            or_(
                CompetitorOffer.line_id.in_([line.id for line in lines]),
                CompetitorOffer.category_id.in_(sorted(services)),
            ),
        )
        .order_by(CompetitorOffer.occurred_at.desc(), CompetitorOffer.id.desc())
        .limit(_NEWEST_OFFERS)
    )  # fmt: skip
    found: Sequence[Any] = book.connection.execute(query).all()
    book.preload_ids(Competitor, [row.competitor_id for row in found])
    return found


def _of_offers(book: Book, offers: Sequence[Row[Any]], visit: Visit, line: Line) -> dict[str, Any]:
    """The nearest offer: for the very line, else on this visit, else for the service."""
    fitting = [row for row in offers if row.line_id == line.id or _is_for_service(row, line)]
    if not fitting:
        return {}
    nearest = min(fitting, key=lambda row: (row.line_id != line.id, row.visit_id != visit.id))
    name = book.get(Competitor, nearest.competitor_id).name
    return {"offer_minor": nearest.price_minor, "offered_by": name}


def _is_for_service(row: Row[Any], line: Line) -> bool:
    return row.line_id is None and row.category_id is not None and row.category_id == line.category_id


def _is_unopened(book: Book, visit: Visit) -> bool:
    """Whether the newest quote went out and nobody has looked at it."""
    quotes = book.many(QUOTES_OF_VISIT, visit.id)
    newest = max(quotes, key=lambda quote: quote.number, default=None)
    if newest is None or newest.channel in _SPOKEN:
        return False
    return newest.state == QuoteState.SENT and newest.opened_at is None


def _attempts(book: Book, visit: Visit) -> int | None:
    """How often a person tried to reach the customer since the car is here; None before it is."""
    since: datetime | None = visit.opened_at
    if since is None or visit.customer_id is None:
        return None
    query = select(func.count()).where(
        Contact.customer_id == visit.customer_id, Contact.occurred_at >= since, Contact.automatic.is_(False)
    )
    return book.connection.execute(query).scalar_one()
