"""Recommended lines as reports count them: what was sold, what became of the rest.

The value of a line is its latest amount. Which numbers are made of them is each report's own.
"""

import ibis
from ibis.expr.types import Column, Table

from servicelost.analytics.line_status import RECOMMENDED, SOLD_STATES, LineStatus, states_of
from servicelost.analytics.reports.question import Question

_KEPT = (
    "id", "dealership_id", "visit_id", "opportunity_id", "presentation_number", "state", "business_day",
    "month", "advisor_id", "category_id", "pay_type", "severity",
)  # fmt: skip


def recommended(question: Question, *, narrowed: bool = True) -> Table:
    """The recommended lines of the window and selection, with `value` and `sold`."""
    lines = question.fact("lines", choices=narrowed)
    lines = lines.filter(lines.origin == RECOMMENDED)
    if narrowed:
        lines = question.within(lines)
    return lines.select(*_KEPT, value=lines.amount_minor.fill_null(0), sold=lines.state.isin(SOLD_STATES))


def status_of(lines: Table) -> Column:
    """What became of each line, a `LineStatus`."""
    cases = [(lines.state.isin(states_of(status)), status.value) for status in LineStatus]
    return ibis.cases(*cases, else_=LineStatus.PENDING.value)
