"""The ledger entries behind a number: chosen by the day and traits of the LOSS they belong to.

The same rule as in the reports: a reversal follows its loss, a recovery counts up to the window's end.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from servicelost.analytics.drill.filters import Drill
from servicelost.analytics.drill.wants import part_of, skill_of, weekday_of
from servicelost.directory.models import Dealership, Employee, ServiceCategory
from servicelost.opportunities.ledger.models import EntryKind, LedgerEntry
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

ENTRY = LedgerEntry.__table__
LOSS = LedgerEntry.__table__.alias("loss")
_dealership, _employee = Dealership.__table__, Employee.__table__
_category, _visit, _line = ServiceCategory.__table__, Visit.__table__, Line.__table__

_TRAITS: Mapping[str, ColumnElement[Any]] = {
    "advisor": LOSS.c.advisor_id,
    "category": LOSS.c.category_id,
    "basis": LOSS.c.cause_basis,
    "part": part_of(LOSS),
    "skill": skill_of(LOSS),
    "weekday": weekday_of(LOSS),
}
_SHOWN = (
    "id", "kind", "business_day", "dealership_id", "opportunity_id", "visit_id", "line_id", "appointment_id",
    "amount_minor", "currency", "revenue_minor", "recorded_at", "recorded_by", "document", "note",
    "decided_by",
)  # fmt: skip
_OF_LOSS = ("stage", "event", "cause", "cause_basis", "owner", "grade", "pay_type", "severity")


def ledger_query(drill: Drill) -> Select[Any]:
    """The entries with what people need to recognise them, newest first."""
    joined = (
        ENTRY.join(LOSS, LOSS.c.id == func.coalesce(ENTRY.c.loss_id, ENTRY.c.id))
        .join(_dealership, _dealership.c.id == ENTRY.c.dealership_id)
        .outerjoin(_employee, _employee.c.id == LOSS.c.advisor_id)
        .outerjoin(_category, _category.c.id == LOSS.c.category_id)
        .outerjoin(_visit, _visit.c.id == LOSS.c.visit_id)
        .outerjoin(_line, _line.c.id == LOSS.c.line_id)
    )
    columns = [
        *(ENTRY.c[name] for name in _SHOWN),
        *(LOSS.c[name] for name in _OF_LOSS),
        LOSS.c.business_day.label("loss_day"),
        _dealership.c.code.label("dealership"),
        _employee.c.name.label("advisor"),
        _category.c.name.label("category"),
        _visit.c.source_id.label("order"),
        _line.c.description.label("line"),
        part_of(LOSS).label("part"),
    ]
    query = select(*columns).select_from(joined).where(*entry_conditions(drill))
    return query.order_by(ENTRY.c.business_day.desc(), ENTRY.c.id.desc())


def ledger_sums(query: Select[Any]) -> Select[Any]:
    """How many entries and losses there are, in which currencies, and the ledger arithmetic over them."""
    found = query.order_by(None).subquery()
    of_kind = {
        kind: func.coalesce(func.sum(found.c.amount_minor).filter(found.c.kind == kind.value), 0)
        for kind in EntryKind
    }
    lost, reversed_, released = (of_kind[kind] for kind in EntryKind)
    return select(
        func.count().label("count"),
        func.min(found.c.currency).label("low"),
        func.max(found.c.currency).label("high"),
        (lost - reversed_).label("lost_gross"),
        released.label("recovered"),
        (lost - reversed_ - released).label("lost_net"),
    )


def entry_conditions(drill: Drill) -> list[ColumnElement[bool]]:
    """What the filters mean for an entry beside its LOSS."""
    selection = drill.selection
    found = scope_conditions(drill)
    if selection.first is not None:
        found.append(LOSS.c.business_day >= selection.first)
    if selection.last is not None:
        found.append(LOSS.c.business_day <= selection.last)
        if not drill.every_recovery:
            later = ENTRY.c.business_day > selection.last
            found.append(~((ENTRY.c.kind == EntryKind.RECOVERY.value) & later))
    if drill.kinds:
        found.append(ENTRY.c.kind.in_(drill.kinds))
    for name, values in selection.choices.items():
        found.append(one_of(_TRAITS[name] if name in _TRAITS else LOSS.c[name], values))
    return [*found, *_said(drill)]


def _said(drill: Drill) -> list[ColumnElement[bool]]:
    asked = ((drill.named, part_of(LOSS)), (drill.timed, LOSS.c.centihours))
    return [
        column.is_not(None) if answer else column.is_(None) for answer, column in asked if answer is not None
    ]


def scope_conditions(drill: Drill) -> list[ColumnElement[bool]]:
    """The dealerships and the currency alone."""
    found: list[ColumnElement[bool]] = []
    if drill.selection.dealerships is not None:
        found.append(ENTRY.c.dealership_id.in_(drill.selection.dealerships))
    if drill.currency is not None:
        found.append(ENTRY.c.currency == drill.currency)
    return found


def one_of(column: ColumnElement[Any], values: tuple[Any, ...]) -> ColumnElement[bool]:
    """Whether the column has one of the values; None is a row without one."""
    named = column.in_([value for value in values if value is not None])
    return or_(named, column.is_(None)) if None in values else named
