"""The ledger as reports count it: every entry beside the LOSS it belongs to, amounts apart.

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
    """The losses with all their reversals and recoveries, each with its LOSS's traits and `day`.

    `lost`, `taken_back`, `released` and `revenue` are minor units, zero where the entry is of
    another kind; `standing` sums to the losses that were not reversed, `centihours` to their hours.
    `back_day` is the day of a recovery.
    """
    found = losses(question, narrowed=narrowed)
    found = found.select(
        "id", *_TRAITS, "amount_minor", hours=found.centihours.fill_null(0), day="business_day"
    )
    return _first(found).union(_later(question, found))


def _first(found: Table) -> Table:
    zero = ibis.literal(0, "int64")
    return found.select(
        *_TRAITS, "day", lost="amount_minor", taken_back=zero, released=zero, revenue=zero,
        standing=ibis.literal(1, "int64"), centihours=found.hours.cast("int64"), back_day=ibis.null("date"),
    )  # fmt: skip


def _later(question: Question, found: Table) -> Table:
    zero = ibis.literal(0, "int64")
    ledger = question.fact("ledger", choices=False)
    later = ledger.filter(ledger.kind != EntryKind.LOSS.value)
    later = later.select(
        "loss_id", "kind", change="amount_minor", sold="revenue_minor", changed="business_day"
    )
    joined = later.inner_join(found, later.loss_id == found.id)
    reversal, recovery = (joined.kind == kind.value for kind in (EntryKind.REVERSAL, EntryKind.RECOVERY))
    return joined.select(
        *_TRAITS, "day", lost=zero,
        taken_back=reversal.ifelse(joined.change, zero),
        released=recovery.ifelse(joined.change, zero),
        revenue=recovery.ifelse(joined.sold.fill_null(0), zero),
        standing=reversal.ifelse(ibis.literal(-1, "int64"), zero),
        centihours=reversal.ifelse(-joined.hours, zero).cast("int64"),
        back_day=recovery.ifelse(joined.changed, ibis.null("date")),
    )  # fmt: skip
