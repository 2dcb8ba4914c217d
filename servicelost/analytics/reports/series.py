"""The periods of a window one after the other: zero where nothing was lost, a gap where nothing was recorded.

Used by every report that shows time. Slopes and figures are made elsewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ibis.expr.types import Table

from servicelost.analytics.periods import end_of, starts_between
from servicelost.analytics.reports.cells import Cells, cells
from servicelost.analytics.reports.entries import losses
from servicelost.analytics.reports.question import Question, Row, rows_of
from servicelost.analytics.reports.realized import Realized
from servicelost.analytics.reports.rows import loss_rows
from servicelost.analytics.reports.sums import Sums, by_start
from servicelost.analytics.spec import Section


@dataclass(frozen=True)
class Period:
    """A period and its sums, None where nothing at all was recorded; `whole` if nothing cuts it short."""

    start: date
    sums: Sums | None
    whole: bool


def by_period(question: Question, table: Table) -> Cells:
    """The entries by ``period`` and ``dealership``, read once for the series and what is beside it."""
    return cells(question, table, "period", "dealership", beside=())


def series(question: Question, entries: Cells) -> list[Period]:
    """The periods from the first to the last recorded one of the window, none left out."""
    recorded = _recorded(question)
    if not recorded:
        return []
    found = by_start(entries.by("period"))
    return [
        Period(start, found.get(start, Sums()) if start in recorded else None, _is_whole(question, start))
        for start in starts_between(min(recorded), max(recorded), question.params.grain)
    ]


def period_rows(section: Section, periods: list[Period], money: Realized) -> Iterator[Row]:
    """A row of the section for each period; a gap has no numbers and nothing behind it.

    Each period is a whole of its own.
    """
    for period in periods:
        key = {"period": period.start.isoformat()}
        if period.sums is None:
            yield key | {"drill": None}
            continue
        yield loss_rows(section, [(key, period.sums)], period.sums)[0] | {
            "realized": money.amount(period.start),
            "lost_pct": money.lost_pct(period.sums, period.start),
        }


def _recorded(question: Question) -> set[date]:
    """The periods with at least one line of work or ledger entry, whatever else is selected.

    Work booked for a period that has not begun is no recording of it.
    """
    lines = question.within(question.fact("lines", choices=False))
    lost = question.within(losses(question, narrowed=False))
    starts = [
        table.select(start=question.period_of(table.business_day)).distinct() for table in (lines, lost)
    ]
    found = {row["start"] for table in starts for row in rows_of(table) if row["start"] is not None}
    return {start for start in found if start <= question.today}


def _is_whole(question: Question, start: date) -> bool:
    end, window = end_of(start, question.params.grain), question.selection
    begun = window.first is None or window.first <= start
    return begun and end < question.today and (window.last is None or end <= window.last)
