"""Recommended lines as reports count them: what was sold, what became of the rest.

The value of a line is its latest amount. Which numbers are made of them is each report's own.
"""

import ibis
from ibis.expr.types import Table

from servicelost.analytics.line_status import RECOMMENDED, SOLD_STATES, STATUS_OF, LineStatus
from servicelost.analytics.reports.question import Question


def recommended(question: Question, *, narrowed: bool = True) -> Table:
    """The recommended lines of the window and selection, with `value`, `sold` and `status`."""
    lines = question.fact("lines", choices=narrowed)
    lines = lines.filter(lines.origin == RECOMMENDED)
    if narrowed:
        lines = question.within(lines)
    cases = [(lines.state == state.value, status.value) for state, status in STATUS_OF.items()]
    return lines.mutate(
        value=lines.amount_minor.fill_null(0),
        sold=lines.state.isin(SOLD_STATES),
        status=ibis.cases(*cases, else_=LineStatus.PENDING.value),
    )
