"""The report `where-why`: lost money and losses by stage and cause."""

from servicelost.analytics import metrics
from servicelost.analytics.document import Draft
from servicelost.analytics.reports.cells import cells
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question
from servicelost.analytics.reports.rows import GROSS_ENTRIES, add_losses, add_periods
from servicelost.analytics.reports.sums import UNEXPLAINED, Sums
from servicelost.analytics.specs import where_why as spec


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, the matrix, its margin by stage, and each period if asked.

    The ledger is read once for all of them.
    """
    periods = question.params.group_by == "period"
    keys = ("period", "stage", "cause") if periods else ("stage", "cause")
    found = cells(question, entries(question), *keys, beside=("owner",), extra=())
    whole = found.total()
    add_headline(question, draft, whole)
    add_losses(question, draft, spec.MATRIX, found, whole)
    add_losses(question, draft, spec.STAGES, found, whole)
    if periods:
        add_periods(question, draft, spec.BY_PERIOD, found)


def add_headline(question: Question, draft: Draft, whole: Sums) -> None:
    """The headline numbers that all reports about causes share."""
    behind = question.drill("ledger", kind=GROSS_ENTRIES)
    draft.add_measure(metrics.LOST_GROSS, whole.gross, drill=behind)
    draft.add_measure(metrics.LOSS_COUNT, whole.count, drill=behind)
    draft.add_measure(
        metrics.UNKNOWN_SHARE, whole.unknown_share, drill=behind | {"cause": ",".join(UNEXPLAINED)}
    )
    draft.add_measure(metrics.CONTROLLABLE_SHARE, whole.controllable_share, drill=behind | {"owner": "D"})
