"""Opening opportunities, and finding the one that a line, a booking or a call belongs to.

A need named again within its life joins its live opportunity; money is not moved here.
"""

from datetime import datetime, timedelta
from typing import Any

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import EPISODE
from servicelost.directory.models import ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.db import Base
from servicelost.opportunities.pipeline.models import (
    OPPORTUNITIES_OF_NEED,
    OPPORTUNITIES_OF_VEHICLE,
    PRESENTATION_OF_LINE,
    PRESENTATIONS_OF_OPPORTUNITY,
    Opportunity,
    Presentation,
)
from servicelost.opportunities.pipeline.needs import OWN_NEED, is_of_vehicle, need_of_line
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.taxonomy.sources import OpportunitySource
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit


def present_line(book: Book, line: Line, visit: Visit, at: datetime) -> Opportunity:
    """The opportunity of the line's need, opened or joined; a line presents its need once."""
    known = opportunity_of_line(book, line)
    if known is not None:
        return known
    category = book.find(ServiceCategory, line.category_id) if line.category_id else None
    need = need_of_line(line, visit, category)
    known_needs = (
        [] if need.startswith(OWN_NEED) else episodes(book, line.dealership_id, need, visit.vehicle_id)
    )
    opportunity = _joinable(book, known_needs, visit.id, at)
    if opportunity is None:
        opportunity = open_for_line(book, need, line, visit, at)
    elif at < opportunity.opened_at:
        _named_first_by(opportunity, line, visit, at)
    book.add(
        Presentation(
            dealership_id=line.dealership_id, opportunity_id=opportunity.id, line_id=line.id,
            visit_id=visit.id, presented_at=at,
        )
    )  # fmt: skip
    opportunity.presentations += 1
    if opportunity.live and opportunity.state != OpportunityState.LOST:
        take_price(book, opportunity, line)
    return opportunity


def opportunity_of_line(book: Book, line: Line) -> Opportunity | None:
    """The opportunity the line belongs to, if it has been presented."""
    presentation = book.one(PRESENTATION_OF_LINE, line.id)
    return None if presentation is None else book.get(Opportunity, presentation.opportunity_id)


def open_opportunity(
    book: Book, dealership_id: int, need: str, source: OpportunitySource, at: datetime, *,
    since: Base | None = None, **facts: Any,
) -> Opportunity:  # fmt: skip
    """The live opportunity of a need that is no line (a booking, a call, a part), opened if there is none."""
    known = episodes(book, dealership_id, need, facts.get("vehicle_id"), since)
    return _joinable(book, known, None, at) or _open(book, dealership_id, need, source, at, **facts)


def live_opportunity(
    book: Book, dealership_id: int, need: str, vehicle_id: int | None = None, since: Base | None = None
) -> Opportunity | None:
    """The live opportunity of a need, if there is one."""
    return next((row for row in episodes(book, dealership_id, need, vehicle_id, since) if row.live), None)


def episodes(
    book: Book, dealership_id: int, need: str, vehicle_id: int | None, since: Base | None = None
) -> list[Opportunity]:
    """All episodes of a need, oldest first; of a car all its own needs are read at once.

    `since` is the row the need is about, where it cannot be older than that.
    """
    if vehicle_id is None or not is_of_vehicle(need, vehicle_id):
        return book.many(OPPORTUNITIES_OF_NEED, dealership_id, need, since=since)
    rows = book.many(OPPORTUNITIES_OF_VEHICLE, vehicle_id)
    return [row for row in rows if row.need_key == need and row.dealership_id == dealership_id]


def sold_episode(book: Book, opportunity: Opportunity, visit_id: int) -> Opportunity | None:
    """The episode of the same need that ended with a sale on this visit, if there is one."""
    known = episodes(book, opportunity.dealership_id, opportunity.need_key, opportunity.vehicle_id)
    won = (row for row in known if row.state == OpportunityState.WON)
    return next((row for row in won if row.visit_id == visit_id), None)


def take_price(book: Book, opportunity: Opportunity, line: Line) -> None:
    """Let the opportunity have the line's price, if it has one and no line presented later has another."""
    if _is_presented_later(book, opportunity, line):
        return
    if line.amount_minor is not None:
        opportunity.amount_minor = line.amount_minor
        opportunity.labour_minor, opportunity.parts_minor = line.labour_minor, line.parts_minor
    if line.centihours is not None:
        opportunity.centihours = line.centihours


def take_newest_price(book: Book, opportunity: Opportunity) -> None:
    """Let the opportunity have the price of the line that was presented last, if one of its lines has any."""
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    for row in sorted(presented, key=lambda row: (row.presented_at, row.id), reverse=True):
        line = book.get(Line, row.line_id)
        if line.amount_minor is not None:
            take_price(book, opportunity, line)
            return


def _is_presented_later(book: Book, opportunity: Opportunity, line: Line) -> bool:
    if opportunity.presentations < 2:
        return False
    presented = book.many(PRESENTATIONS_OF_OPPORTUNITY, opportunity.id)
    own = next((row.presented_at for row in presented if row.line_id == line.id), None)
    return own is not None and any(
        row.presented_at > own and book.get(Line, row.line_id).amount_minor is not None for row in presented
    )


def _joinable(book: Book, rows: list[Opportunity], visit_id: int | None, at: datetime) -> Opportunity | None:
    """The live episode of the need, else the one won on this very visit; an outlived episode is ended.

    What was named before the end of an episode joins that: it just came to be known later.
    """
    live = next((row for row in rows if row.live), None)
    if live is not None and _outlived(book, live, at):
        live.live = None
        live = None
    if live is not None or visit_id is None:
        return live
    sold = [row for row in reversed(rows) if row.state == OpportunityState.WON]
    here = next((row for row in sold if row.visit_id == visit_id), None)
    return here or next((row for row in rows if at < (row.last_decision_at or row.opened_at)), None)


def _outlived(book: Book, opportunity: Opportunity, at: datetime) -> bool:
    life = timedelta(days=read_setting(book, opportunity.dealership_id, EPISODE))
    return at - (opportunity.last_decision_at or opportunity.opened_at) > life


def _named_first_by(opportunity: Opportunity, line: Line, visit: Visit, at: datetime) -> None:
    """A line that comes later has named the need before the one that opened it."""
    opportunity.opened_at, opportunity.source = at, source_of(line, visit)
    if opportunity.live:
        opportunity.visit_id, opportunity.line_id = visit.id, line.id


def open_for_line(book: Book, need: str, line: Line, visit: Visit, at: datetime) -> Opportunity:
    """An opportunity of the need that this line names first."""
    return _open(
        book, line.dealership_id, need, source_of(line, visit), at, visit_id=visit.id, line_id=line.id,
        customer_id=visit.customer_id, vehicle_id=visit.vehicle_id, category_id=line.category_id,
        labor_operation_id=line.labor_operation_id, position=line.position, advisor_id=visit.advisor_id,
        technician_id=line.technician_id or visit.technician_id, severity=line.severity,
        pay_type=line.pay_type or visit.pay_type,
    )  # fmt: skip


def _open(
    book: Book, dealership_id: int, need: str, source: OpportunitySource, at: datetime, **facts: Any
) -> Opportunity:
    return book.add(
        Opportunity(
            dealership_id=dealership_id, need_key=need, live=1, state=OpportunityState.OPEN, source=source,
            opened_at=at, **facts,
        )
    )  # fmt: skip


def source_of(line: Line, visit: Visit) -> OpportunitySource:
    """How the need came up by this line."""
    if line.origin == "RECOMMENDED":
        return OpportunitySource.MPI_FINDING
    planned = visit.opened_at is None or visit.planned_at is not None
    return OpportunitySource.BOOKING if planned else OpportunitySource.VISIT
