"""Recommended lines as reports count them: what was sold, what became of the rest.

The value of a line is its latest amount. Which numbers are made of them is each report's own.
"""

from collections.abc import Mapping

import ibis
from ibis.expr.types import Table

from servicelost.analytics.reports.question import Question
from servicelost.workflow.states import LineState

RECOMMENDED = "RECOMMENDED"

STATUS_OF: Mapping[LineState, str] = {
    LineState.AUTHORIZED: "authorised",
    LineState.STARTED: "authorised",
    LineState.COMPLETED: "authorised",
    LineState.INVOICED: "authorised",
    LineState.DECLINED: "declined",
    LineState.DEFERRED: "deferred",
    LineState.BOOKED: "pending",
    LineState.RECOMMENDED: "pending",
    LineState.QUOTED: "pending",
    LineState.EXPIRED: "expired",
    LineState.REMOVED: "withdrawn",
    LineState.CANCELLED: "withdrawn",
    LineState.NOT_PERFORMED: "withdrawn",
    LineState.NOT_PRESENTED: "not_presented",
}
SOLD = tuple(state.value for state, status in STATUS_OF.items() if status == "authorised")


def recommended(question: Question, *, narrowed: bool = True) -> Table:
    """The recommended lines of the window and selection, with `value`, `sold` and `status`."""
    lines = question.fact("lines", choices=narrowed)
    lines = lines.filter(lines.origin == RECOMMENDED)
    if narrowed:
        lines = question.within(lines)
    cases = [(lines.state == state.value, status) for state, status in STATUS_OF.items()]
    return lines.mutate(
        value=lines.amount_minor.fill_null(0),
        sold=lines.state.isin(SOLD),
        status=ibis.cases(*cases, else_="pending"),
    )
