"""The lines or entries in one step of the bridge, by the same rule as `reports.bridge` has for the lake.

Each line and each loss of the selection is in exactly one step; a test compares the two for all of them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, literal, not_, or_, select

from servicelost.analytics.drill.filters import Drill
from servicelost.analytics.drill.ledger import ENTRY, LOSS, entry_conditions, scope_conditions
from servicelost.analytics.drill.lines import LINE, UNSOLD, line_conditions, recommended_lines
from servicelost.analytics.line_status import RECOMMENDED, SOLD_STATES
from servicelost.analytics.specs import bridge as steps
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.opportunities.pipeline.models import Opportunity, Presentation

_shown, _need = Presentation.__table__, Opportunity.__table__
_BY_STATE = {
    "DEFERRED": steps.DEFERRED.key,
    "WON": steps.SOLD_LATER.key,
    "CLOSED": steps.CLOSED.key,
    "LOST": steps.OTHER_WINDOW.key,
}


def line_in_step(drill: Drill, dealerships: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a line is in the drill's step."""
    placed = _placed(drill, dealerships)
    return LINE.c.id.in_(select(placed.c.id).where(placed.c.step == drill.step))


def entry_in_step(drill: Drill, dealerships: Sequence[Any]) -> ColumnElement[bool]:
    """Whether an entry belongs to a need in the drill's step."""
    placed = _placed(drill, dealerships)
    matched = select(placed.c.need).where(placed.c.step == steps.AMOUNT.key)
    if drill.step == steps.AMOUNT.key:
        return ENTRY.c.opportunity_id.in_(matched.where(placed.c.value != placed.c.lost_here))
    other = LINE.alias("unsold_line")
    unsold = select(_shown.c.opportunity_id).join_from(_shown, other, other.c.id == _shown.c.line_id)
    unsold = unsold.where(other.c.origin == RECOMMENDED, other.c.state.not_in(SOLD_STATES))
    has_lines = ENTRY.c.opportunity_id.in_(unsold)
    elsewhere = has_lines if drill.step == steps.LINES_ELSEWHERE.key else ~has_lines
    return and_(ENTRY.c.opportunity_id.not_in(matched), elsewhere)


def _placed(drill: Drill, dealerships: Sequence[Any]) -> Subquery:
    """The unsold lines of the selection with their step."""
    met = _met(_on_order(drill, dealerships))
    later = func.row_number().over(
        partition_by=(met.c.repeat, met.c.need),
        order_by=(met.c.met, met.c.presented_at.desc(), met.c.id.desc()),
    )
    ranked = select(met, (later > 1).label("later")).subquery()
    here, ever = _standing(entry_conditions(drill)), _standing(scope_conditions(drill))
    joined = (
        ranked.outerjoin(here, here.c.need == ranked.c.need)
        .outerjoin(ever, ever.c.need == ranked.c.need)
        .outerjoin(_need, _need.c.id == ranked.c.need)
    )
    lost_here, lost_ever = (func.coalesce(found.c.count, 0) > 0 for found in (here, ever))
    step = case(
        (ranked.c.repeat, steps.REPEATS.key),
        (and_(ranked.c.met, or_(ranked.c.later, not_(lost_here))), steps.SOLD_HERE.key),
        (ranked.c.later, steps.AGAIN.key),
        (lost_here, steps.AMOUNT.key),
        (lost_ever, steps.OTHER_WINDOW.key),
        *((_need.c.state == state, key) for state, key in _BY_STATE.items()),
        else_=steps.UNDECIDED.key,
    )
    lost = func.coalesce(here.c.minor, 0).label("lost_here")
    return (
        select(ranked.c.id, ranked.c.need, ranked.c.value, lost, step.label("step"))
        .select_from(joined)
        .subquery()
    )


def _on_order(drill: Drill, dealerships: Sequence[Any]) -> Subquery:
    need = func.coalesce(_shown.c.opportunity_id, -LINE.c.id)
    order = (_shown.c.presented_at.desc(), _shown.c.id.desc(), LINE.c.id.desc())
    place = func.row_number().over(partition_by=(LINE.c.visit_id, need), order_by=order)
    return (
        select(
            LINE.c.id,
            LINE.c.visit_id,
            need.label("need"),
            func.coalesce(LINE.c.amount_minor, 0).label("value"),
            _shown.c.presented_at,
            (place > 1).label("repeat"),
        )
        .select_from(recommended_lines().outerjoin(_shown, _shown.c.line_id == LINE.c.id))
        .where(*line_conditions(drill, dealerships), UNSOLD)
        .subquery()
    )


def _met(lines: Subquery) -> Subquery:
    """The lines and whether their need was sold on the same order."""
    other, shown = LINE.alias("other"), _shown.alias("other_shown")
    sold = (
        select(literal(1))
        .select_from(other.join(shown, shown.c.line_id == other.c.id))
        .where(
            other.c.visit_id == lines.c.visit_id,
            shown.c.opportunity_id == lines.c.need,
            other.c.origin == RECOMMENDED,
            other.c.state.in_(SOLD_STATES),
        )
        .exists()
    )
    return select(lines, sold.label("met")).subquery()


def _standing(conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Standing losses and their amount by need."""
    lost, reversed_ = (ENTRY.c.kind == kind.value for kind in (EntryKind.LOSS, EntryKind.REVERSAL))
    gross = case((lost, ENTRY.c.amount_minor), (reversed_, -ENTRY.c.amount_minor), else_=0)
    found: Select[Any] = (
        select(
            ENTRY.c.opportunity_id.label("need"),
            func.sum(case((lost, 1), (reversed_, -1), else_=0)).label("count"),
            func.sum(gross).label("minor"),
        )
        .select_from(ENTRY.join(LOSS, LOSS.c.id == func.coalesce(ENTRY.c.loss_id, ENTRY.c.id)))
        .where(*conditions)
        .group_by(ENTRY.c.opportunity_id)
    )
    return found.subquery()
