"""Reading the board: what its columns come to, and a page of cards of each; SQL lives here, rules do not.

Every statement names one dealership and uses the board's own index, which holds all that is filtered by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from servicelost.directory.models import Customer, Vehicle
from servicelost.kernel.db import UtcDateTime
from servicelost.opportunities.pipeline.board import BoardColumn
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import Call, PartRequest
from servicelost.workflow.models.visits import Visit

_WEEK = timedelta(days=7)
_O = Opportunity


@dataclass(frozen=True, kw_only=True)
class CardFilter:
    """Which cards somebody wants to see; what is None does not narrow.

    With `mine` only that person's cards and those of nobody; `before` wants cards that are older.
    """

    dealership_id: int
    mine: int | None = None
    owner_id: int | None = None
    category_id: int | None = None
    source: str | None = None
    severity: str | None = None
    before: datetime | None = None
    least_minor: int | None = None


class ColumnSum(NamedTuple):
    """All cards of a column, or those of them that were asked for: how many, and their money."""

    cards: int = 0
    amount_minor: int = 0


class Cursor(NamedTuple):
    """The last card somebody has seen of a column; what is older comes next."""

    at: datetime
    card_id: int


class Flow(NamedTuple):
    """What came and what was won lately: cards opened in the last week and in the four before it."""

    this_week: int
    four_weeks_before: int
    anything_won: bool


def sum_columns(connection: Connection, wanted: CardFilter) -> Mapping[BoardColumn, ColumnSum]:
    """What each column that holds cards comes to, all of its cards counted."""
    query = (
        select(_O.board_column, *_sum())
        .where(_O.board_column.is_not(None), *_conditions(wanted))
        .group_by(_O.board_column)
    )
    rows = connection.execute(query)
    return {BoardColumn(column or ""): ColumnSum(cards, int(amount or 0)) for column, cards, amount in rows}


def sum_columns_and_idle(
    connection: Connection, wanted: CardFilter, since: datetime
) -> tuple[Mapping[BoardColumn, ColumnSum], Mapping[BoardColumn, ColumnSum]]:
    """What each column comes to, and what stands still in it since then: both with one look at the cards."""
    idle = _O.board_at < since
    query = (
        select(_O.board_column, *_sum(), *(counted.filter(idle) for counted in _sum()))
        .where(_O.board_column.is_not(None), *_conditions(wanted))
        .group_by(_O.board_column)
    )
    rows = [(BoardColumn(row[0] or ""), row) for row in connection.execute(query)]
    return (
        {column: ColumnSum(row[1], int(row[2] or 0)) for column, row in rows},
        {column: ColumnSum(row[3], int(row[4] or 0)) for column, row in rows},
    )


def versions_of(
    connection: Connection, wanted: CardFilter, columns: Iterable[BoardColumn], most: int
) -> Sequence[Row[Any]]:
    """Column, id and version of the newest cards of each of these columns: what tells whether one changed."""
    parts = [_first_of(wanted, column, most, None).subquery() for column in columns]
    newest = union_all(*(select(part.c.board_column, part.c.id, part.c.version) for part in parts))
    return connection.execute(newest).all()


def cards_of(
    connection: Connection, wanted: CardFilter, columns: Iterable[BoardColumn], most: int,
    after: Cursor | None = None,
) -> Sequence[Row[Any]]:  # fmt: skip
    """So many cards of each of these columns, newest first, with all that a card shows: one statement."""
    parts = [_first_of(wanted, column, most, after).subquery() for column in columns]
    shown = union_all(*(select(part.c.id) for part in parts)).subquery("shown")
    query = _card(select(shown.c.id).join(_O, _O.id == shown.c.id))
    return connection.execute(query.order_by(_O.board_at.desc(), _O.id.desc())).all()


def card_of(connection: Connection, card_id: int) -> Row[Any] | None:
    """One card with all that it shows, whatever column it stands in."""
    return connection.execute(_card(select(_O.id)).where(_O.id == card_id)).one_or_none()


def flow_of(connection: Connection, dealership_id: int, now: datetime, days_without: int) -> Flow:
    """What came and what was won lately; of what was opened in the last eight weeks."""
    week, since = now - _WEEK, now - 8 * _WEEK
    opened = (
        _O.dealership_id == dealership_id,
        _O.state.in_([state.value for state in OpportunityState]),
        _O.opened_at >= now - 5 * _WEEK,
    )
    won = exists().where(
        _O.dealership_id == dealership_id,
        _O.state == OpportunityState.WON,
        _O.opened_at >= since,
        _O.won_at >= now - timedelta(days=days_without),
    )
    lately = func.coalesce(func.sum(case((_O.opened_at >= week, 1), else_=0)), 0)
    row = connection.execute(select(func.count(), lately, select(won).scalar_subquery()).where(*opened)).one()
    return Flow(int(row[1]), int(row[0]) - int(row[1]), bool(row[2]))


def _sum() -> tuple[Any, Any]:
    return func.count(), func.sum(_O.amount_minor)


def _first_of(wanted: CardFilter, column: BoardColumn, most: int, after: Cursor | None) -> Any:
    columns = (_O.board_column, _O.id, _O.version)
    query = select(*columns).where(_O.board_column == column.value, *_conditions(wanted))
    if after is not None:
        seen = tuple_(literal(after.at, UtcDateTime()), literal(after.card_id, BigInteger()))
        query = query.where(tuple_(_O.board_at, _O.id) < seen)
    return query.order_by(_O.board_at.desc(), _O.id.desc()).limit(most)


def _conditions(wanted: CardFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_O.dealership_id == wanted.dealership_id]
    if wanted.mine is not None:
        found.append(or_(_O.board_owner_id == wanted.mine, _O.board_column == BoardColumn.UNSORTED.value))
    if wanted.owner_id is not None:
        found.append(_O.board_owner_id == wanted.owner_id)
    for name in ("category_id", "source", "severity"):
        value = getattr(wanted, name)
        if value is not None:
            found.append(getattr(_O, name) == value)
    if wanted.before is not None:
        found.append(_O.board_at < wanted.before)
    if wanted.least_minor is not None:
        found.append(_O.amount_minor >= wanted.least_minor)
    return found


def _card(query: Any) -> Any:
    """The query with all that a card shows, but for names that are the same on many cards."""
    return (
        query.add_columns(
            _O.dealership_id, _O.version, _O.state, _O.source, _O.severity, _O.need_key, _O.amount_minor,
            _O.opened_at, _O.deferred_until, _O.board_column, _O.board_at, _O.board_owner_id,
            _O.board_visit_id, _O.category_id, _O.labor_operation_id, Customer.name.label("customer"),
            Customer.phone_e164.label("phone"), Vehicle.make, Vehicle.model, Vehicle.plate,
            Visit.state.label("visit_state"), Visit.promised_at, Visit.planned_at,
            Visit.source_id.label("order_number"), Line.state.label("line_state"),
            Line.description.label("line_text"), Call.phone_key.label("called_from"), PartRequest.part_number,
        )
        .outerjoin(Customer, Customer.id == _O.customer_id)
        .outerjoin(Vehicle, Vehicle.id == _O.vehicle_id)
        .outerjoin(Visit, Visit.id == _O.board_visit_id)
        .outerjoin(Line, Line.id == _O.line_id)
        .outerjoin(Call, Call.id == _O.call_id)
        .outerjoin(PartRequest, PartRequest.id == _O.part_request_id)
    )  # fmt: skip
