"""Set queries of the pipeline for averages, periodic jobs and lists; SQL lives here, rules do not."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, SQLColumnExpression, func, or_, select

from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.workflow.models.lines import Line

_TURNED_DOWN = (OpportunityState.LOST.value, OpportunityState.DEFERRED.value)
_SOLD = ("AUTHORIZED", "STARTED", "COMPLETED", "INVOICED")


def average_price(
    connection: Connection,
    dealership_id: int,
    operation_id: int | None,
    category_id: int | None,
    since: datetime,
) -> int | None:
    """The mean price (minor units) of this operation, else service, as sold since; None without sales."""
    what = (
        Line.labor_operation_id == operation_id
        if operation_id is not None
        else Line.category_id == category_id
    )
    query = select(func.avg(Line.amount_minor)).where(
        Line.dealership_id == dealership_id,
        what,
        Line.created_at >= since,
        Line.amount_minor.is_not(None),
        Line.state.in_(_SOLD),
    )
    average = connection.execute(query).scalar()
    return None if average is None else round(average)


class OpenWork(NamedTuple):
    """Work that was turned down or put off and may still be sold: how much of it, and what it comes to."""

    lines: int = 0
    amount_minor: int = 0


def open_work(
    connection: Connection, of: SQLColumnExpression[Any], ids: Collection[int]
) -> Mapping[int, OpenWork]:
    """The open work of each of these customers or cars, whichever `of`, a column of opportunities, names."""
    query: Select[Any] = (
        select(of, func.count(), func.sum(Opportunity.amount_minor))
        .where(of.in_(ids), Opportunity.live == 1, Opportunity.state.in_(_TURNED_DOWN),
               Opportunity.line_id.is_not(None))
        .group_by(of)
    )  # fmt: skip
    rows = connection.execute(query).all() if ids else []
    return {subject: OpenWork(lines, int(amount or 0)) for subject, lines, amount in rows}


def due_deferrals(
    connection: Connection, dealership_id: int, before: date, limit: int = 500
) -> Sequence[int]:
    """Ids of deferred opportunities whose agreed day lies before the given one, oldest first."""
    free = or_(
        Opportunity.severity.is_(None),
        Opportunity.severity != "RED",
        Opportunity.acknowledged_at.is_not(None),
    )
    return _deferred(connection, dealership_id, before, free, limit)


def unacknowledged_deferrals(
    connection: Connection, dealership_id: int, before: date, limit: int = 500
) -> Sequence[int]:
    """Ids of red deferred opportunities that are due and that nobody has acknowledged."""
    held = (Opportunity.severity == "RED") & Opportunity.acknowledged_at.is_(None)
    return _deferred(connection, dealership_id, before, held, limit)


def _deferred(
    connection: Connection, dealership_id: int, before: date, which: ColumnElement[bool], limit: int
) -> Sequence[int]:
    query = (
        select(Opportunity.id)
        .where(
            Opportunity.dealership_id == dealership_id,
            Opportunity.state == OpportunityState.DEFERRED,
            Opportunity.deferred_until < before,
            which,
        )
        .order_by(Opportunity.deferred_until, Opportunity.id)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()


def lost_cards(
    connection: Connection, dealership_id: int, before: datetime, limit: int = 500
) -> Sequence[int]:
    """Ids of cards of the board that were lost and about which nothing was heard since, oldest first."""
    query = (
        select(Opportunity.id)
        .where(
            Opportunity.dealership_id == dealership_id,
            Opportunity.board_column.is_not(None),
            Opportunity.board_at < before,
            Opportunity.state == OpportunityState.LOST,
        )
        .order_by(Opportunity.board_at, Opportunity.id)
        .limit(limit)
    )
    return connection.execute(query).scalars().all()
