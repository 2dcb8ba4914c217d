"""Set queries on the workflow, for periodic jobs and for pages; they read and never write.

Rules find their rows through lookups in a book, not here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, SQLColumnExpression, func, select

from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.quotes import Quote
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.states import COMING, LIVE_QUOTE

_COMING = sorted(state.value for state in COMING)
_LIVE = sorted(state.value for state in LIVE_QUOTE)


@dataclass(frozen=True, kw_only=True)
class VisitFilter:
    """Which visits a page wants; what is None does not narrow. `opened_to` is excluded.

    `number` is the beginning of the order's number.
    """

    states: Collection[str] | None = None
    advisor_id: int | None = None
    customer_id: int | None = None
    vehicle_id: int | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    number: str | None = None


@dataclass(frozen=True)
class VisitPage:
    """One page of visits, newest first; `total` counts those of all pages."""

    visits: Sequence[Visit]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.per_page)


@dataclass(frozen=True)
class LineSum:
    """How many lines of a visit are in one state, and what they come to."""

    visit_id: int
    state: str
    count: int
    amount_minor: int


class Newest(NamedTuple):
    """When the newest visit was opened or is planned, and which one it is."""

    at: datetime
    visit_id: int


def overdue_appointments(
    connection: Connection, dealership_id: int, before: datetime, limit: int = 1000
) -> list[int]:
    """Ids of appointments due before the moment that nobody saw arrive, oldest first."""
    query = (
        select(Appointment.id)
        .where(
            Appointment.dealership_id == dealership_id,
            Appointment.scheduled_at < before,
            Appointment.state.in_(_COMING),
        )
        .order_by(Appointment.scheduled_at, Appointment.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def due_quotes(connection: Connection, now: datetime, limit: int = 1000) -> list[int]:
    """Ids of quotes whose validity has ended by now and that were not answered in full, oldest first."""
    query = (
        select(Quote.id)
        .where(Quote.state.in_(_LIVE), Quote.valid_until <= now)
        .order_by(Quote.valid_until, Quote.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def visits_of(
    connection: Connection,
    dealership_ids: Collection[int] | None,
    wanted: VisitFilter | None = None,
    *,
    page: int = 1,
    per_page: int = 50,
) -> VisitPage:
    """A page of the visits of these dealerships (None: of all), newest first.

    The visits are read-only copies: to change one, get it through a book.
    """
    conditions = _conditions(dealership_ids, wanted or VisitFilter())
    total = connection.execute(select(func.count()).select_from(Visit).where(*conditions)).scalar_one()
    moment = func.coalesce(Visit.opened_at, Visit.planned_at)
    query = (
        select(Visit.__table__)
        .where(*conditions)
        .order_by(moment.desc(), Visit.id.desc())
        .limit(per_page)
        .offset((max(page, 1) - 1) * per_page)
    )
    rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return VisitPage([Visit(**row) for row in rows], total, max(page, 1), per_page)


def line_sums(connection: Connection, visit_ids: Collection[int]) -> list[LineSum]:
    """The lines of these visits, added up in the database by their state."""
    query = (
        select(Line.visit_id, Line.state, func.count(), func.sum(Line.amount_minor))
        .where(Line.visit_id.in_(visit_ids))
        .group_by(Line.visit_id, Line.state)
        .order_by(Line.visit_id, Line.state)
    )
    rows = connection.execute(query)
    return [LineSum(visit_id, state, count, int(amount or 0)) for visit_id, state, count, amount in rows]


def newest_visits(
    connection: Connection, of: SQLColumnExpression[Any], ids: Collection[int]
) -> Mapping[int, Newest]:
    """The newest visit of each of these customers, cars or whatever `of`, a column of the visits, names."""
    moment = func.coalesce(Visit.opened_at, Visit.planned_at)
    newest_first = (moment.desc(), Visit.id.desc())
    place = func.row_number().over(partition_by=of, order_by=newest_first)
    each = select(of.label("subject"), Visit.id, moment.label("at"), place.label("place"))
    visits = each.where(of.in_(list(ids))).subquery()
    query = select(visits.c.subject, visits.c.id, visits.c.at).where(visits.c.place == 1)
    return {row.subject: Newest(row.at, row.id) for row in connection.execute(query)} if ids else {}


def times_of(connection: Connection, appointment_ids: Collection[int]) -> Mapping[int, datetime]:
    """For when these appointments are."""
    query = select(Appointment.id, Appointment.scheduled_at).where(Appointment.id.in_(list(appointment_ids)))
    return {row.id: row.scheduled_at for row in connection.execute(query)} if appointment_ids else {}


def _conditions(dealership_ids: Collection[int] | None, wanted: VisitFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if dealership_ids is not None:
        conditions.append(Visit.dealership_id.in_(sorted(dealership_ids)))
    if wanted.states is not None:
        conditions.append(Visit.state.in_(sorted(wanted.states)))
    for column in ("advisor_id", "customer_id", "vehicle_id"):
        value = getattr(wanted, column)
        if value is not None:
            conditions.append(getattr(Visit, column) == value)
    if wanted.opened_from is not None:
        conditions.append(Visit.opened_at >= wanted.opened_from)
    if wanted.opened_to is not None:
        conditions.append(Visit.opened_at < wanted.opened_to)
    if wanted.number:
        conditions.append(Visit.source_id.startswith(wanted.number, autoescape=True))
    return conditions
