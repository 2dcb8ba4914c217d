"""What the page Today shows of a dealership's day, read with a handful of queries whatever the day holds.

What can be done about it is in `today`; nothing is changed here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, case, func, select

from servicelost.administration.preferences import read_setting
from servicelost.administration.settings import NO_SHOW_AFTER
from servicelost.directory.calendar import start_of_day
from servicelost.directory.models import Customer, Dealership, Employee, ServiceCategory, Vehicle
from servicelost.kernel.book import Book
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.followup.tasks import TaskState
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.deferring import ACKNOWLEDGE_RED
from servicelost.opportunities.pipeline.models import Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.languages import gettext as _
from servicelost.web.ui.labels import APPOINTMENT_MARKS, TASK_LABELS, VISIT_MARKS, Mark
from servicelost.workflow.models.appointments import Appointment
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
_FEW = 12
_SOON = timedelta(hours=2)
_HOUSE = (VisitState.RECEPTION, VisitState.WORK, VisitState.QUALITY_CONTROL, VisitState.DELIVERY)
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
class ForYou:
    """Something to do today: `kind` tells a task, a missed call or postponed work that is due.

    `red_id` is the opportunity of red work that a person has to let go.
    """

    kind: str
    words: str
    about: str
    at: datetime | None
    amount_minor: int | None
    visit_id: int | None
    red_id: int | None = None


@dataclass(frozen=True)
class Today:
    """The day of one dealership; money in minor units, `lost` and `recovered` of the week so far."""

    dealership: Dealership
    day: date
    is_today: bool
    expected: Sequence[Expected]
    house: Sequence[tuple[Mark, str, int]]
    promises: Sequence[Promise]
    for_you: Sequence[ForYou]
    lost: int
    recovered: int


def view_today(book: Book, dealership: Dealership, day: date, *, mine: bool) -> Today:
    """Read the day; with `mine` only what is the actor's own."""
    own = book.actor.employee_id if mine else None
    first, last = start_of_day(dealership, day), start_of_day(dealership, day + timedelta(days=1))
    now = book.now
    lost, recovered = _week(book, dealership, day)
    return Today(
        dealership,
        day,
        first <= now < last,
        _expected(book, dealership, first, last, own),
        _house(book, dealership),
        _promises(book, dealership, own),
        _for_you(book, dealership, first, last, own),
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


def _for_you(
    book: Book, dealership: Dealership, first: datetime, last: datetime, own: int | None
) -> list[ForYou]:
    return [
        *_tasks(book, dealership, last, own),
        *_opportunities(book, dealership, first, last, own),
    ]


def _tasks(book: Book, dealership: Dealership, last: datetime, own: int | None) -> list[ForYou]:
    conditions = [Task.dealership_id == dealership.id, Task.state == TaskState.OPEN, Task.due_at < last]
    put_off = Opportunity.state == OpportunityState.DEFERRED
    conditions.append((Task.kind != ACKNOWLEDGE_RED) | put_off)
    if own is not None:
        conditions.append(Task.owner_id == own)
    visit_id = func.coalesce(Task.visit_id, Opportunity.visit_id).label("visit_id")
    query = (
        select(Task.kind, Task.note, Task.due_at, Task.opportunity_id, visit_id, Customer.name,
               Opportunity.amount_minor, ServiceCategory.name.label("service"))
        .select_from(Task.__table__.outerjoin(Customer, Customer.id == Task.customer_id)
                     .outerjoin(Opportunity, Opportunity.id == Task.opportunity_id)
                     .outerjoin(ServiceCategory, ServiceCategory.id == Opportunity.category_id))
        .where(*conditions).order_by(Task.due_at).limit(_FEW)
    )  # fmt: skip
    return [
        ForYou(
            "task",
            row.note or _(TASK_LABELS.get(row.kind, row.kind)),
            ", ".join(part for part in (row.service, row.name) if part),
            None if row.kind == ACKNOWLEDGE_RED else _utc(row.due_at),
            row.amount_minor,
            row.visit_id,
            row.opportunity_id if row.kind == ACKNOWLEDGE_RED else None,
        )
        for row in book.connection.execute(query)
    ]


def _opportunities(
    book: Book, dealership: Dealership, first: datetime, last: datetime, own: int | None
) -> list[ForYou]:
    """Calls missed today that nobody has answered, and postponed work whose day has come."""
    missed = (Opportunity.state == OpportunityState.LOST) & (Opportunity.lost_event == LossEvent.CALL_MISSED)
    missed &= (Opportunity.opened_at >= first) & (Opportunity.opened_at < last)
    day = first.astimezone(ZoneInfo(dealership.timezone)).date()
    due = (Opportunity.state == OpportunityState.DEFERRED) & (Opportunity.deferred_until <= day)
    found = []
    for kind, condition, order in (
        ("call", missed, Opportunity.opened_at), ("deferred", due, Opportunity.deferred_until.desc()),
    ):  # fmt: skip
        mine = [Opportunity.advisor_id == own] if own is not None and kind == "deferred" else []
        query = (
            select(Opportunity.opened_at, Opportunity.amount_minor, Opportunity.outstanding_minor,
                   Opportunity.visit_id, ServiceCategory.name.label("service"), Customer.name)
            .select_from(Opportunity.__table__
                         .outerjoin(Customer, Customer.id == Opportunity.customer_id)
                         .outerjoin(ServiceCategory, ServiceCategory.id == Opportunity.category_id))
            .where(Opportunity.dealership_id == dealership.id, condition, *mine).order_by(order).limit(_FEW)
        )  # fmt: skip
        for row in book.connection.execute(query):
            money = row.outstanding_minor if kind == "call" else row.amount_minor
            at = _utc(row.opened_at) if kind == "call" else None
            found.append(ForYou(kind, row.service or "", row.name or "", at, money, row.visit_id))
    return found


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
