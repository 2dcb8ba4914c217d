"""The report `causes`: which reasons explain most of the loss, whose they are and how they are known."""

from collections.abc import Iterable

from ibis.expr.types import Table

from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.reports.cells import Cells, cells
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question, Row
from servicelost.analytics.reports.resampling import gross_share_intervals
from servicelost.analytics.reports.rows import GROSS_ENTRIES, add_losses, loss_rows
from servicelost.analytics.reports.sums import Sums
from servicelost.analytics.reports.where_why import add_headline
from servicelost.analytics.specs import causes as spec


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, the Pareto table, owners, bases, and causes of each event."""
    table = entries(question)
    found = cells(question, table, "event", "cause", "owner", "basis")
    whole = found.total()
    add_headline(question, draft, whole)
    stated = question.drill("ledger", kind=GROSS_ENTRIES, basis="STATED")
    draft.add_measure(spec.STATED_SHARE, whole.stated_share, drill=stated)
    rows = _pareto(table, found, whole)
    draft.add_section(spec.PARETO, rows, drill=question.drill("ledger", kind=GROSS_ENTRIES))
    add_losses(question, draft, spec.OWNERS, found, whole)
    add_losses(question, draft, spec.BASES, found, whole)
    add_losses(question, draft, spec.EVENTS, found, whole)


def _pareto(table: Table, found: Cells, whole: Sums) -> list[Row]:
    intervals = gross_share_intervals(table, "cause")
    rows = loss_rows(spec.PARETO, found.largest_first("cause"), whole)
    for row in rows:
        share: Rate = row["share"]
        row["share"] = Rate(share.value, share.n, intervals.get(row["cause"]))
    return list(cumulated(rows, whole))


def cumulated(rows: Iterable[Row], whole: Sums) -> Iterable[Row]:
    """The rows with the share of the money that they and all before them make up."""
    reached = 0
    for row in rows:
        reached += row["lost_gross"]
        share = reached / whole.gross if whole.gross > 0 else None
        yield row | {"cumulative": Rate(share, whole.count)}
