"""The ledger as reports count it: every entry with the day and traits of its LOSS, amounts apart.

A REVERSAL takes its LOSS out of the LOSS's own period and traits; a RECOVERY keeps its own day.
Which of them count in a window is decided where they are summed.
"""

import ibis
from ibis.expr.types import Table

from servicelost.analytics.reports.question import Question
from servicelost.opportunities.ledger.models import EntryKind

_TRAITS = (
    "dealership_id", "opportunity_id", "visit_id", "stage", "event", "cause", "cause_basis", "owner", "grade",
    "advisor_id", "category_id", "pay_type", "severity",
)  # fmt: skip


def losses(question: Question, *, narrowed: bool = True) -> Table:
    """The LOSS entries of the window and selection; without `narrowed` all of these dealerships."""
    ledger = question.fact("ledger", choices=False)
    found = ledger.filter(ledger.kind == EntryKind.LOSS.value)
    return question.chosen(question.within(found)) if narrowed else found


def entries(question: Question, *, narrowed: bool = True) -> Table:
    """The losses with all their reversals and recoveries, each with its LOSS's traits, `day` and `month`.

    `amount`, `sold` and `hours` are the entry's own, `changed_day` and `changed_month` when it happened.
    `gross` is what it adds to or takes from the gross loss in minor units, `standing` the same in losses.
    """
    table = question.fact("ledger", choices=False)
    if narrowed:
        table = question.chosen(question.within(table, "loss_day"))
    loss, reversal = (table.kind == kind.value for kind in (EntryKind.LOSS, EntryKind.REVERSAL))
    sign = ibis.cases((loss, 1), (reversal, -1), else_=0).cast("int64")
    return table.select(
        *_TRAITS, "kind", "lost_as", day="loss_day", month="loss_month", amount="amount_minor",
        sold="revenue_minor", hours="centihours", changed_day="business_day", changed_month="month",
        gross=sign * table.amount_minor, standing=sign,
    )  # fmt: skip
