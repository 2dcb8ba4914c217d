"""What the house knows around the lines of a visit: stock, free hours, offers, quotes, contacts, and custom.

Read with a handful of queries whatever the visit holds, each bounded. What it means is in `likely_causes`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    ScalarSelect,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from servicelost.directory.calendar import local_day
from servicelost.directory.models import Competitor, Dealership
from servicelost.kernel.book import Book
from servicelost.kernel.db import UtcDateTime
from servicelost.kernel.question import Question
from servicelost.opportunities.followup.contacts import ContactKind
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
_NEWEST_LOSSES = 1000
_AN_HOUR = 100
# Where nobody opens anything.
_SPOKEN = frozenset({"PHONE", "IN_PERSON"})
Usual = Mapping[int | None, Mapping[Cause, int]]


def evidence_of_lines(
    book: Book, visit: Visit, lines: Sequence[Line], *, contact: bool = True
) -> dict[int, Evidence]:
    """What is known around each of these stored lines of the visit now, by the id of the line.

    Without `contact` it is not asked whether the customer was reached.
    """
    question, values = asked_about(book, visit, lines)
    told = book.ask(question, **values)
    around = {row.id: row for row in told}
    unopened = contact and _is_unopened(book, visit)
    attempts = _attempts(book, visit) if contact else None
    return {
        line.id: Evidence(
            values["today"],
            price_minor=line.amount_minor,
            quote_unopened=unopened and line.state == LineState.QUOTED,
            attempts=attempts,
            **_of_row(around[line.id]),
        )
        for line in lines
    }


def asked_about(book: Book, visit: Visit, lines: Sequence[Line]) -> tuple[Question, dict[str, Any]]:
    """What `evidence_of_lines` will ask, for who wants to ask it together with something else."""
    today = local_day(book.get(Dealership, visit.dealership_id), book.now)
    return _AROUND, {
        "dealership_id": visit.dealership_id,
        "visit_id": visit.id,
        "line_id": lines[0].id if len(lines) == 1 else None,
        "today": today,
        "until": today + _AHEAD,
        "since": book.now - _OFFER_LASTS,
    }


def _of_row(row: Any) -> dict[str, Any]:
    missing = row.on_hand_milli is not None and row.on_hand_milli <= 0
    return {
        "out_of_stock": missing,
        "back_order_until": row.back_order_until if missing else None,
        "free_day": row.free_day,
        "looked_until": row.looked_until,
        "offer_minor": row.offer_minor,
        "offered_by": row.offered_by,
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


def _around() -> Select[Any]:
    """The stock, the free hours and the nearest offer of each line of a visit, or of one; a row a line."""
    line, stock, offer, rival = (
        model.__table__.alias() for model in (Line, PartStock, CompetitorOffer, Competitor)
    )
    hours = _hours()
    return (
        select(
            line.c.id,
            stock.c.on_hand_milli,
            stock.c.back_order_until,
            _first_with_room(hours, line).label("free_day"),
            _of_its_hours(select(func.max(hours.c.day)), hours, line).scalar_subquery().label("looked_until"),
            offer.c.price_minor.label("offer_minor"),
            rival.c.name.label("offered_by"),
        )
        .select_from(line)
        .outerjoin(stock, stock.c.id == _newest_stock(line))
        .outerjoin(offer, offer.c.id == _nearest_offer(line))
        .outerjoin(rival, rival.c.id == offer.c.competitor_id)
        .where(
            line.c.visit_id == bindparam("visit_id", type_=BigInteger),
            (line.c.id == bindparam("line_id", type_=BigInteger))
            | bindparam("line_id", type_=BigInteger).is_(None),
        )
    )


def _newest_stock(line: FromClause) -> ScalarSelect[Any]:
    stock = PartStock.__table__.alias()
    return (
        select(stock.c.id)
        .where(stock.c.dealership_id == line.c.dealership_id, stock.c.part_number == line.c.part_number)
        .order_by(stock.c.occurred_at.desc(), stock.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _hours() -> CTE:
    """The hours that are free on each of the next days, by skill."""
    day = CapacityDay.__table__.c
    return (
        select(
            day.day,
            func.upper(day.skill).label("skill"),
            func.sum(day.available_centihours - day.booked_centihours).label("free"),
        )
        .where(
            day.dealership_id == bindparam("dealership_id", type_=BigInteger),
            day.day.between(bindparam("today", type_=Date), bindparam("until", type_=Date)),
        )
        .group_by(day.day, func.upper(day.skill))
        .cte("hours")
    )


def _of_its_hours(query: Select[Any], hours: CTE, line: FromClause) -> Select[Any]:
    """Hours of the line's own skill where such are told, else of all."""
    other = hours.alias()
    skill = func.upper(line.c.skill)
    own = exists().where(other.c.skill == skill).correlate(line)
    return query.where(or_(hours.c.skill == skill, ~own)).correlate(line)


def _first_with_room(hours: CTE, line: FromClause) -> ScalarSelect[Any]:
    needed = func.coalesce(func.nullif(line.c.centihours, 0), _AN_HOUR)
    days = _of_its_hours(select(hours.c.day), hours, line)
    roomy = days.group_by(hours.c.day).having(func.sum(hours.c.free) >= needed)
    return roomy.order_by(hours.c.day).limit(1).scalar_subquery()


def _nearest_offer(line: FromClause) -> ColumnElement[int]:
    """Of what competitors offered lately: for the very line, else on this visit, else for the service."""
    offer = CompetitorOffer.__table__.alias()
    for_service = offer.c.line_id.is_(None) & (offer.c.category_id == line.c.category_id)
    newest = (
        select(offer.c.id)
        .where(
            offer.c.dealership_id == line.c.dealership_id,
            offer.c.occurred_at >= bindparam("since", type_=UtcDateTime),
        )
        .order_by(offer.c.occurred_at.desc(), offer.c.id.desc())
        .limit(1)
    )
    nearness = (
        offer.c.line_id == line.c.id,
        for_service & (offer.c.visit_id == line.c.visit_id),
        for_service,
    )
    return func.coalesce(*(newest.where(near).scalar_subquery() for near in nearness))


_AROUND = Question(_around())


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
    signed = case((Contact.kind == ContactKind.TAKEN_BACK, -1), else_=1)
    query = select(func.coalesce(func.sum(signed), 0)).where(
        Contact.customer_id == visit.customer_id, Contact.occurred_at >= since, Contact.automatic.is_(False)
    )
    return int(book.connection.execute(query).scalar_one())
