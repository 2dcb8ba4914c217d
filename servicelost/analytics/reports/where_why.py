"""The report `where-why`: lost money and losses by stage and cause."""

from servicelost.analytics import metrics
from servicelost.analytics.document import Draft
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question
from servicelost.analytics.reports.rows import GROSS_ENTRIES, in_order_of_time, loss_rows
from servicelost.analytics.reports.sums import UNEXPLAINED, Sums, total
from servicelost.analytics.specs import where_why as spec


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, the matrix, its margin by stage, and each period if asked."""
    table = entries(question)
    whole = total(question, table)
    add_headline(question, draft, whole)
    draft.add_section(spec.MATRIX, loss_rows(question, table, whole, "stage", "cause"))
    draft.add_section(spec.STAGES, loss_rows(question, table, whole, "stage"))
    if question.params.group_by == "period":
        rows = loss_rows(question, table, whole, "period", "stage", "cause")
        draft.add_section(spec.BY_PERIOD, in_order_of_time(rows))


def add_headline(question: Question, draft: Draft, whole: Sums) -> None:
    """The headline numbers that all reports about causes share."""
    behind = question.drill("ledger", kind=GROSS_ENTRIES)
    draft.add_measure(metrics.LOST_GROSS, whole.gross, drill=behind)
    draft.add_measure(metrics.LOSS_COUNT, whole.count, drill=behind)
    draft.add_measure(
        metrics.UNKNOWN_SHARE, whole.unknown_share, drill=behind | {"cause": ",".join(UNEXPLAINED)}
    )
    draft.add_measure(metrics.CONTROLLABLE_SHARE, whole.controllable_share, drill=behind | {"owner": "D"})
