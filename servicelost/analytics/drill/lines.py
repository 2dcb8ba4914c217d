"""The recommended lines behind a number: chosen by the local day of their visit and their own traits.

The day is that of the dealership, so the bounds are moments that differ between time zones.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Join, Select, and_, false, func, or_, select

from servicelost.analytics.drill.filters import Drill
from servicelost.analytics.drill.ledger import one_of
from servicelost.analytics.line_status import RECOMMENDED, SOLD_STATES, states_of
from servicelost.directory.models import Dealership, Employee, ServiceCategory
from servicelost.workflow.models.lines import Line
from servicelost.workflow.models.visits import Visit

LINE, _visit, _dealership = Line.__table__, Visit.__table__, Dealership.__table__
_employee, _category = Employee.__table__, ServiceCategory.__table__
UNSOLD = LINE.c.state.not_in(SOLD_STATES)
_at = func.coalesce(_visit.c.opened_at, _visit.c.planned_at, LINE.c.created_at)
_pay_type = func.coalesce(LINE.c.pay_type, _visit.c.pay_type)
_COLUMNS = {
    "advisor": _visit.c.advisor_id,
    "category": LINE.c.category_id,
    "pay_type": _pay_type,
    "severity": LINE.c.severity,
}


def lines_query(drill: Drill, dealerships: Sequence[Any]) -> Select[Any]:
    """The lines with what people need to recognise them, newest first.

    `dealerships` are rows of id, currency and time zone. A choice that lines do not carry finds none.
    """
    joined = (
        recommended_lines()
        .outerjoin(_employee, _employee.c.id == _visit.c.advisor_id)
        .outerjoin(_category, _category.c.id == LINE.c.category_id)
    )
    columns = [
        *(LINE.c[name] for name in ("id", "visit_id", "dealership_id", "state", "severity", "description")),
        LINE.c.amount_minor,
        _dealership.c.currency,
        _dealership.c.code.label("dealership"),
        _visit.c.source_id.label("order"),
        _at.label("visit_at"),
        _pay_type.label("pay_type"),
        _employee.c.name.label("advisor"),
        _category.c.name.label("category"),
    ]
    query = select(*columns).select_from(joined).where(*line_conditions(drill, dealerships))
    return query.order_by(_at.desc(), LINE.c.id.desc())


def recommended_lines() -> Join:
    """Lines with their visit and dealership."""
    return LINE.join(_visit, _visit.c.id == LINE.c.visit_id).join(
        _dealership, _dealership.c.id == LINE.c.dealership_id
    )


def lines_sums(query: Select[Any]) -> Select[Any]:
    """How many lines there are, in which currencies, and their value."""
    found = query.order_by(None).subquery()
    return select(
        func.count().label("count"),
        func.min(found.c.currency).label("low"),
        func.max(found.c.currency).label("high"),
        func.coalesce(func.sum(found.c.amount_minor), 0).label("value"),
    )


def line_conditions(drill: Drill, dealerships: Sequence[Any]) -> list[ColumnElement[bool]]:
    """What the filters mean for lines of `recommended_lines`."""
    found: list[ColumnElement[bool]] = [LINE.c.origin == RECOMMENDED]
    if drill.selection.dealerships is not None:
        found.append(LINE.c.dealership_id.in_(drill.selection.dealerships))
    if drill.currency is not None:
        found.append(_dealership.c.currency == drill.currency)
    if drill.selection.first or drill.selection.last:
        found.append(_within(drill.selection.first, drill.selection.last, dealerships))
    if drill.sold is not None:
        found.append(~UNSOLD if drill.sold else UNSOLD)
    if drill.statuses:
        found.append(LINE.c.state.in_(states_of(*drill.statuses)))
    if drill.priced is not None:
        priced = func.coalesce(LINE.c.amount_minor, 0) != 0
        found.append(priced if drill.priced else ~priced)
    for name, values in drill.selection.choices.items():
        found.append(one_of(_COLUMNS[name], values) if name in _COLUMNS else false())
    return found


def _within(first: date | None, last: date | None, dealerships: Sequence[Any]) -> ColumnElement[bool]:
    zones: dict[str, list[int]] = defaultdict(list)
    for dealership in dealerships:
        zones[dealership.timezone].append(dealership.id)
    return or_(
        false(),
        *(
            and_(LINE.c.dealership_id.in_(members), *_bounds(first, last, ZoneInfo(zone)))
            for zone, members in zones.items()
        ),
    )


def _bounds(first: date | None, last: date | None, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if first is not None:
        found.append(_at >= datetime.combine(first, time(), zone))
    if last is not None:
        found.append(_at < datetime.combine(last + timedelta(days=1), time(), zone))
    return found
