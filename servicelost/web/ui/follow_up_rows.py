"""What is to be followed up at a dealership: tasks, missed calls and postponed work, as pages show them.

Read with a handful of queries whatever there is. Today shows the first of each kind, a page of its own all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from servicelost.directory.calendar import start_of_day
from servicelost.directory.models import Customer, Dealership, ServiceCategory
from servicelost.kernel.book import Book
from servicelost.kernel.clock import as_utc
from servicelost.opportunities.followup.models import Task
from servicelost.opportunities.followup.tasks import TaskState
from servicelost.opportunities.followup.touch import Stop
from servicelost.opportunities.pipeline.call_undoing import undoable_call
from servicelost.opportunities.pipeline.calling import Calls, calls_in, spoken_to_since
from servicelost.opportunities.pipeline.deferring import ACKNOWLEDGE_RED
from servicelost.opportunities.pipeline.leaving import ASK_AGAIN, UNDECIDED_OFFERS
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Opportunity
from servicelost.opportunities.pipeline.states import OpportunityState
from servicelost.opportunities.pipeline.task_endings import is_done_by_hand
from servicelost.taxonomy.channels import ConsentPurpose
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.web.languages import gettext as _
from servicelost.web.ui.labels import TASK_LABELS
from servicelost.web.ui.stops import Whom, stops_of
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.signals import Call

_O = Opportunity
# A call of longer ago is on no board any more; it bounds what is looked through.
_LONGEST_ON_BOARD = timedelta(days=365)


class When(StrEnum):
    """Which of it: what came due on the day, what was due before, or both."""

    ALL = "all"
    DUE = "due"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class ForYou:
    """Something to do: `kind` tells a task, a missed call or postponed work that is due.

    `red_id` is the opportunity of red work that a person has to let go, `call_id` the one to call about,
    `done_id` the task that a person ends by saying so; `stops` say why the customer must not be called.
    """

    kind: str
    words: str
    about: str
    at: datetime | None
    day: date | None
    amount_minor: int | None
    visit_id: int | None
    red_id: int | None = None
    call_id: int | None = None
    done_id: int | None = None
    phone: str | None = None
    dial: str | None = None
    calls: Calls | None = None
    undoable: bool = False
    whom: Whom | None = None
    stops: tuple[Stop, ...] = ()

    @property
    def called(self) -> int:
        """How often somebody has called about it."""
        return 0 if self.calls is None else self.calls.times


@dataclass(frozen=True)
class Due:
    """What is asked for: whose, and due when. `fresh` leaves out calls missed on an earlier day."""

    dealership: Dealership
    day: date
    first: datetime
    last: datetime
    own: int | None
    when: When = When.ALL
    fresh: bool = False


def due_until(dealership: Dealership, day: date, *, own: int | None, when: When = When.ALL) -> Due:
    """All that is due at the end of this day; with `own` what is that employee's."""
    first, last = start_of_day(dealership, day), start_of_day(dealership, day + timedelta(days=1))
    return Due(dealership, day, first, last, own, when)


def first_due(book: Book, due: Due, most: int) -> list[ForYou]:
    """So many of each kind, of missed calls only those of the day."""
    fresh = replace(due, fresh=True)
    found = [row for kind, query in _queries(fresh) for row in _read(book, kind, query.limit(most))]
    return _with_calls(book, found)


def count_due(book: Book, due: Due) -> int:
    """How much there is in all."""
    return sum(_counts(book, due))


def page_due(book: Book, due: Due, offset: int, most: int) -> tuple[list[ForYou], int]:
    """So many of all kinds from there on, and how much there is in all."""
    counts = _counts(book, due)
    found: list[ForYou] = []
    start = offset
    for (kind, query), count in zip(_queries(due), counts, strict=True):
        wanted = most - len(found)
        if wanted > 0 and start < count:
            found += _read(book, kind, query.limit(wanted).offset(start))
        start = max(start - count, 0)
    return _with_calls(book, found), sum(counts)


def _counts(book: Book, due: Due) -> Sequence[int]:
    parts = [
        select(func.count()).select_from(query.order_by(None).subquery()).scalar_subquery()
        for _kind, query in _queries(due)
    ]
    return list(book.connection.execute(select(*parts)).one())


def _queries(due: Due) -> list[tuple[str, Select[Any]]]:
    return [("task", _tasks(due)), ("call", _calls(due)), ("deferred", _deferred(due))]


def _tasks(due: Due) -> Select[Any]:
    """Tasks that are open, and whose work still waits for what they ask for.

    Who was spoken to on this very day is not asked again on it.
    """
    put_off = _O.state == OpportunityState.DEFERRED
    undecided = exists().where(Line.visit_id == Task.visit_id, Line.state.in_(UNDECIDED_OFFERS))
    asks = undecided & ~spoken_to_since(due.first)
    conditions: list[ColumnElement[bool]] = [
        Task.dealership_id == due.dealership.id, Task.state == TaskState.OPEN, Task.due_at < due.last,
        (Task.kind != ACKNOWLEDGE_RED) | put_off, (Task.kind != ASK_AGAIN) | asks,
        *_within(due, Task.due_at),
    ]  # fmt: skip
    if due.own is not None:
        conditions.append(Task.owner_id == due.own)
    columns: list[Any] = [
        Task.id, Task.kind, Task.note, Task.due_at.label("at"), Task.opportunity_id.label("need_id"),
        _O.customer_id, _O.vehicle_id, _O.state.label("need_state"),
        func.coalesce(Task.visit_id, _O.visit_id).label("visit_id"), Customer.name, Customer.phone,
        Customer.phone_e164, _O.amount_minor, ServiceCategory.name.label("service"),
    ]  # fmt: skip
    return (
        select(*columns)
        .select_from(Task.__table__.outerjoin(Customer, Customer.id == Task.customer_id)
                     .outerjoin(Opportunity, _O.id == Task.opportunity_id)
                     .outerjoin(ServiceCategory, ServiceCategory.id == _O.category_id))
        .where(*conditions).order_by(Task.due_at, Task.id)
    )  # fmt: skip


def _calls(due: Due) -> Select[Any]:
    """Calls missed that nobody has answered, as long as they stand on the board; the newest first."""
    conditions: list[ColumnElement[bool]] = [
        _O.state == OpportunityState.LOST, _O.lost_event == LossEvent.CALL_MISSED,
        _O.opened_at >= due.first - _LONGEST_ON_BOARD, _O.opened_at < due.last,
        or_(_O.opened_at >= due.first, _O.board_column.is_not(None)), ~spoken_to_since(None),
        *_within(due, _O.opened_at),
    ]  # fmt: skip
    if due.fresh:
        conditions.append(_O.opened_at >= due.first)
    query = _needs(due, _O.opened_at.label("at"), _O.outstanding_minor.label("amount_minor"))
    return query.where(*conditions).order_by(_O.opened_at.desc(), _O.id)


def _deferred(due: Due) -> Select[Any]:
    """Postponed work whose day has come, unless the customer was spoken to on this very day.

    Red work past its day stands among the tasks.
    """
    until = _O.deferred_until
    asked = exists().where(
        Task.opportunity_id == _O.id, Task.kind == ACKNOWLEDGE_RED, Task.state == TaskState.OPEN
    )
    conditions: list[ColumnElement[bool]] = [
        _O.state == OpportunityState.DEFERRED, until <= due.day, ~spoken_to_since(due.first), ~asked
    ]  # fmt: skip
    if due.when is When.DUE:
        conditions.append(until == due.day)
    elif due.when is When.OVERDUE:
        conditions.append(until < due.day)
    if due.own is not None:
        conditions.append(_O.advisor_id == due.own)
    query = _needs(due, until.label("day"), _O.amount_minor)
    return query.where(*conditions).order_by(until.desc(), _O.id)


def _within(due: Due, moment: Any) -> list[ColumnElement[bool]]:
    if due.when is When.ALL:
        return []
    return [moment >= due.first if due.when is When.DUE else moment < due.first]


def _needs(due: Due, *more: Any) -> Select[Any]:
    return (
        select(_O.id.label("need_id"), _O.visit_id, _O.customer_id, _O.vehicle_id, Customer.name,
               Customer.phone, Customer.phone_e164, Call.phone_key,
               ServiceCategory.name.label("service"), *more)
        .select_from(Opportunity.__table__.outerjoin(Customer, Customer.id == _O.customer_id)
                     .outerjoin(ServiceCategory, ServiceCategory.id == _O.category_id)
                     .outerjoin(Call, Call.id == _O.call_id))
        .where(_O.dealership_id == due.dealership.id)
    )  # fmt: skip


def _read(book: Book, kind: str, query: Select[Any]) -> list[ForYou]:
    words = _task if kind == "task" else _need
    return [words(kind, row) for row in book.connection.execute(query)]


def _task(kind: str, row: Any) -> ForYou:
    red = row.kind == ACKNOWLEDGE_RED
    purpose = ConsentPurpose.MARKETING if red else ConsentPurpose.SERVICE
    open_quote = row.kind == ASK_AGAIN and row.need_state == OpportunityState.OPEN
    return ForYou(
        kind,
        row.note or _(TASK_LABELS.get(row.kind, row.kind)),
        ", ".join(part for part in (row.service, row.name) if part),
        None if red else as_utc(row.at),
        None,
        row.amount_minor,
        row.visit_id,
        row.need_id if red else None,
        row.need_id if red or (open_quote and row.phone) else None,
        row.id if is_done_by_hand(row.kind) else None,
        phone=row.phone,
        dial=row.phone_e164 or row.phone,
        whom=None if row.customer_id is None else Whom(row.customer_id, row.vehicle_id, purpose),
    )


def _need(kind: str, row: Any) -> ForYou:
    called = kind == "call"
    return ForYou(
        kind,
        row.service or "",
        row.name or "",
        as_utc(row.at) if called else None,
        None if called else row.day,
        row.amount_minor,
        row.visit_id,
        call_id=row.need_id,
        phone=row.phone or row.phone_key,
        dial=row.phone_e164 or row.phone or row.phone_key,
        whom=None if called or row.customer_id is None else Whom(row.customer_id, row.vehicle_id),
    )


def _with_calls(book: Book, rows: list[ForYou]) -> list[ForYou]:
    """The rows with what is known of the calls about them, and who must not be called; read together."""
    needs = [row.call_id for row in rows if row.call_id is not None]
    book.preload(DECISIONS_OF_OPPORTUNITY, [(need_id,) for need_id in needs])
    stops = stops_of(book, {row.whom for row in rows if row.whom is not None})
    return [
        row
        if row.call_id is None
        else _with_its_calls(book, row, row.call_id, stops.get(row.whom, ()) if row.whom else ())
        for row in rows
    ]


def _with_its_calls(book: Book, row: ForYou, need_id: int, stops: tuple[Stop, ...]) -> ForYou:
    calls = calls_in(book.many(DECISIONS_OF_OPPORTUNITY, need_id))
    undoable = undoable_call(book, need_id) is not None
    return replace(row, calls=calls, undoable=undoable, stops=stops)
