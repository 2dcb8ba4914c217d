"""What the page Today shows of a dealership's day, read with a handful of queries whatever the day holds.

What can be done about it is in `today`; nothing is changed here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import NO_SHOW_AFTER
from servicelost.directory.calendar import start_of_day
from servicelost.directory.models import Customer, Dealership, Employee, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.leaving import UNDECIDED_OFFERS
from servicelost.web.ui.follow_up_rows import ForYou, count_due, due_until, first_due
from servicelost.web.ui.labels import APPOINTMENT_MARKS, VISIT_MARKS, Mark
from servicelost.workflow.models.appointments import Appointment
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit
from servicelost.workflow.queries import line_sums
from servicelost.workflow.states import (
    APPOINTMENT_MACHINE,
    COMING,
    AppointmentAction,
    AppointmentState,
    VisitState,
)

_MOST = 200
_FEW, _FEW_OF_EACH = 12, 8
_SOON = timedelta(hours=2)
_HOUSE = (VisitState.RECEPTION, VisitState.WORK, VisitState.QUALITY_CONTROL, VisitState.DELIVERY)
_LEFT = (*_HOUSE, VisitState.FOLLOW_UP)
_NOT_READY = (VisitState.RECEPTION, VisitState.WORK)
_ACTS = {
    "arrived": AppointmentAction.ARRIVE,
    "no-show": AppointmentAction.MARK_NO_SHOW,
    "cancel": AppointmentAction.CANCEL,
    "reschedule": AppointmentAction.RESCHEDULE,
}


@dataclass(frozen=True)
class Expected:
    """An appointment of the day; `late_minutes` while nobody has come, `missed` beyond patience."""

    id: int
    version: int
    visit_id: int
    at: datetime
    mark: Mark
    customer: str
    car: str
    advisor: str
    amount_minor: int | None
    late_minutes: int
    missed: bool
    acts: frozenset[str]


@dataclass(frozen=True)
class Promise:
    """A car that was promised for soon and is not ready."""

    visit_id: int
    at: datetime
    broken: bool
    customer: str
    car: str
    mark: Mark


@dataclass(frozen=True)
class Undecided:
    """A car in the house with work offered that nobody has decided about."""

    visit_id: int
    customer: str
    car: str
    mark: Mark
    lines: int
    amount_minor: int


@dataclass(frozen=True)
class Today:
    """The day of one dealership; money in minor units, `lost` and `recovered` of the week so far."""

    dealership: Dealership
    day: date
    is_today: bool
    expected: Sequence[Expected]
    house: Sequence[tuple[Mark, str, int]]
    promises: Sequence[Promise]
    undecided: Sequence[Undecided]
    for_you: Sequence[ForYou]
    all_for_you: int
    lost: int
    recovered: int


def view_today(book: Book, dealership: Dealership, day: date, *, mine: bool) -> Today:
    """Read the day; with `mine` only what is the actor's own."""
    own = book.actor.employee_id if mine else None
    first, last = start_of_day(dealership, day), start_of_day(dealership, day + timedelta(days=1))
    now = book.now
    lost, recovered = _week(book, dealership, day)
    due = due_until(dealership, day, own=own)
    return Today(
        dealership,
        day,
        first <= now < last,
        _expected(book, dealership, first, last, own),
        _house(book, dealership),
        _promises(book, dealership, own),
        _undecided(book, dealership, own),
        first_due(book, due, _FEW_OF_EACH),
        count_due(book, due),
        lost,
        recovered,
    )


def _expected(
    book: Book, dealership: Dealership, first: datetime, last: datetime, own: int | None
) -> list[Expected]:
    conditions = [Appointment.dealership_id == dealership.id, Appointment.scheduled_at >= first,
                  Appointment.scheduled_at < last]  # fmt: skip
    if own is not None:
        conditions.append(Appointment.advisor_id == own)
    query = (
        select(Appointment.__table__, Customer.name.label("customer"), Employee.name.label("advisor"),
               Vehicle.make, Vehicle.model, Vehicle.plate)
        .select_from(Appointment.__table__.outerjoin(Customer, Customer.id == Appointment.customer_id)
                     .outerjoin(Vehicle, Vehicle.id == Appointment.vehicle_id)
                     .outerjoin(Employee, Employee.id == Appointment.advisor_id))
        .where(*conditions)
        .order_by(Appointment.scheduled_at, Appointment.id)
        .limit(_MOST)
    )  # fmt: skip
    rows = book.connection.execute(query).all()
    sums: dict[int, int] = defaultdict(int)
    for found in line_sums(book.connection, [row.visit_id for row in rows]):
        sums[found.visit_id] += found.amount_minor
    patience = timedelta(minutes=read_setting(book, dealership.id, NO_SHOW_AFTER))
    return [_row(book.now, row, sums.get(row.visit_id), patience) for row in rows]


def _row(now: datetime, row: Row[Any], worth: int | None, patience: timedelta) -> Expected:
    state = AppointmentState(row.state)
    at = _utc(row.scheduled_at)
    late = max(now - at, timedelta()) if state in COMING else timedelta()
    acts = {name for name, action in _ACTS.items() if APPOINTMENT_MACHINE.can(state, action)}
    if now < at:
        acts.discard("no-show")
    return Expected(
        row.id, row.version, row.visit_id, at, APPOINTMENT_MARKS[state], row.customer or "", _car(row),
        row.advisor or "", worth if worth is not None else row.expected_minor,
        int(late.total_seconds() // 60), late > patience, frozenset(acts),
    )  # fmt: skip


def _house(book: Book, dealership: Dealership) -> list[tuple[Mark, str, int]]:
    query = (
        select(Visit.state, func.count())
        .where(Visit.dealership_id == dealership.id, Visit.state.in_([state.value for state in _HOUSE]))
        .group_by(Visit.state)
    )
    found: dict[str, int] = dict(book.connection.execute(query).all())
    return [(VISIT_MARKS[state], state.value, found.get(state.value, 0)) for state in _HOUSE]


def _promises(book: Book, dealership: Dealership, own: int | None) -> list[Promise]:
    not_ready = [state.value for state in _NOT_READY]
    conditions = [Visit.dealership_id == dealership.id, Visit.state.in_(not_ready),
                  Visit.promised_at <= book.now + _SOON]  # fmt: skip
    if own is not None:
        conditions.append(Visit.advisor_id == own)
    query = (
        select(Visit.id, Visit.state, Visit.promised_at, Customer.name.label("customer"), Vehicle.make,
               Vehicle.model, Vehicle.plate)
        .select_from(Visit.__table__.outerjoin(Customer, Customer.id == Visit.customer_id)
                     .outerjoin(Vehicle, Vehicle.id == Visit.vehicle_id))
        .where(*conditions).order_by(Visit.promised_at.desc()).limit(_FEW)
    )  # fmt: skip
    return [
        Promise(row.id, (at := _utc(row.promised_at)), at < book.now, row.customer or "", _car(row),
                VISIT_MARKS[row.state])
        for row in book.connection.execute(query)
    ]  # fmt: skip


def _undecided(book: Book, dealership: Dealership, own: int | None) -> list[Undecided]:
    """The dearest of the cars that came last; one that is delivered counts until its order is closed."""
    conditions = [Visit.dealership_id == dealership.id, Visit.state.in_([state.value for state in _LEFT])]
    if own is not None:
        conditions.append(Visit.advisor_id == own)
    here = select(Visit.id).where(*conditions).order_by(Visit.opened_at.desc()).limit(_MOST)
    worth = func.sum(Line.amount_minor).label("worth")
    query = (
        select(Visit.id, Visit.state, Customer.name.label("customer"), Vehicle.make, Vehicle.model,
               Vehicle.plate, func.count().label("lines"), worth)
        .select_from(Visit.__table__.join(Line, Line.visit_id == Visit.id)
                     .outerjoin(Customer, Customer.id == Visit.customer_id)
                     .outerjoin(Vehicle, Vehicle.id == Visit.vehicle_id))
        .where(Visit.id.in_(here), Line.state.in_([state.value for state in UNDECIDED_OFFERS]))
        .group_by(Visit.id, Visit.state, Customer.name, Vehicle.make, Vehicle.model, Vehicle.plate)
        .order_by(worth.desc(), Visit.id).limit(_FEW)
    )  # fmt: skip
    return [
        Undecided(
            row.id, row.customer or "", _car(row), VISIT_MARKS[row.state], row.lines, int(row.worth or 0)
        )
        for row in book.connection.execute(query)
    ]


def _week(book: Book, dealership: Dealership, day: date) -> tuple[int, int]:
    """Lost gross and recovered from Monday to the day."""
    monday = day - timedelta(days=day.weekday())
    amount = LedgerEntry.amount_minor
    gross = case(
        (LedgerEntry.kind == EntryKind.LOSS, amount),
        (LedgerEntry.kind == EntryKind.REVERSAL, -amount),
        else_=0,
    )
    back = case((LedgerEntry.kind == EntryKind.RECOVERY, amount), else_=0)
    query = select(func.sum(gross), func.sum(back)).where(
        LedgerEntry.dealership_id == dealership.id, LedgerEntry.business_day >= monday,
        LedgerEntry.business_day <= day,
    )  # fmt: skip
    lost, recovered = book.connection.execute(query).one()
    return int(lost or 0), int(recovered or 0)


def _car(row: Any) -> str:
    return " ".join(part for part in (row.make, row.model) if part) or row.plate or ""


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
