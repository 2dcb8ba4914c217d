"""Rows of the tables about losses: sums under the keys of the measures, and what is shared on the way behind.

Which rows a table has is each report's own business.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from servicelost.analytics.document import Draft
from servicelost.analytics.reports.cells import Cells
from servicelost.analytics.reports.question import Question, Row
from servicelost.analytics.reports.sums import Sums, share_of_count, share_of_money
from servicelost.analytics.spec import Section

GROSS_ENTRIES = "LOSS,REVERSAL"
ALL_ENTRIES = "LOSS,REVERSAL,RECOVERY"

_VALUES: Mapping[str, Callable[[Sums], Any]] = {
    "losses": lambda part: part.lost,
    "reversed": lambda part: part.taken_back,
    "lost_gross": lambda part: part.gross,
    "recovered": lambda part: part.recovered,
    "lost_net": lambda part: part.net,
    "loss_count": lambda part: part.count,
    "lost_hours": lambda part: part.centihours / 100,
    "stated": lambda part: part.stated,
    "automatic": lambda part: part.count - part.stated,
}
_SHARES: Mapping[str, Callable[[Sums, Sums], Any]] = {
    "share": lambda part, whole: share_of_money(part.gross, whole.gross, whole.count),
    "count_share": lambda part, whole: share_of_count(part.count, whole.count),
}


def loss_rows(section: Section, found: Iterable[tuple[Row, Sums]], whole: Sums) -> list[Row]:
    """A row of the section for each of the sums."""
    values = [(measure.key, _VALUES[measure.key]) for measure in section.measures if measure.key in _VALUES]
    shares = [(measure.key, _SHARES[measure.key]) for measure in section.measures if measure.key in _SHARES]
    rows = []
    for keys, part in found:
        row = dict(keys)
        for name, value in values:
            row[name] = value(part)
        for name, share in shares:
            row[name] = share(part, whole)
        rows.append(row)
    return rows


def add_losses(question: Question, draft: Draft, section: Section, found: Cells, whole: Sums) -> None:
    """Add the section's table with a row for each combination of its dimensions, largest first."""
    keys = [dimension.key for dimension in section.dimensions]
    rows = loss_rows(section, found.largest_first(*keys), whole)
    draft.add_section(section, rows, drill=question.drill("ledger", kind=GROSS_ENTRIES))


def add_periods(question: Question, draft: Draft, section: Section, found: Cells) -> None:
    """Add the section's table of each period, whose numbers are lost gross and count, as columns."""
    keys = [dimension.key for dimension in section.dimensions]
    columns = found.in_order_of_time(*keys)
    columns["lost_gross"], columns["loss_count"] = columns.pop("gross"), columns.pop("count")
    draft.add_columns(section, columns, drill=question.drill("ledger", kind=GROSS_ENTRIES))
