"""A window beside others: the one before, the same days a year ago, and the months that led up to it.

Each is a question of its own about another window; nothing is added up from one to the next.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from servicelost.analytics.periods import Grain, start_of
from servicelost.analytics.reports.cells import Cells
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question, Row
from servicelost.analytics.reports.realized import Realized, realized
from servicelost.analytics.reports.rows import ALL_ENTRIES, loss_rows
from servicelost.analytics.reports.series import by_period, period_rows, series
from servicelost.analytics.reports.sums import Sums
from servicelost.analytics.specs import overview as spec
from servicelost.analytics.windows import Compared, Window, compared_windows


def moved(question: Question, window: Window) -> Question:
    """The same question about another window."""
    selection = replace(question.selection, first=window.first, last=window.last)
    return replace(question, params=replace(question.params, selection=selection))


def totals(question: Question) -> tuple[Sums, Realized]:
    """What was lost in the window and what was invoiced in it."""
    found = by_period(question, entries(question))
    return found.total(), realized(question, found)


def window_rows(question: Question, here: tuple[Sums, Realized]) -> Iterator[Row]:
    """This window, whose totals are known, and those it is compared with; none without a first day."""
    first, last = question.selection.first, question.selection.last
    if first is None:
        return
    windows = compared_windows(Window(first, min(last or question.today, max(question.today, first))))
    for name, window in windows.items():
        asked = moved(question, window)
        lost, money = here if name is Compared.THIS else totals(asked)
        key = {"window": name.value}
        if lost == Sums() and money.amount() is None:
            yield key | {"drill": None}
            continue
        yield loss_rows(spec.COMPARED, [(key, lost)], lost)[0] | {
            "realized": money.amount(),
            "lost_pct": money.lost_pct(lost),
            "drill": asked.drill("ledger", kind=ALL_ENTRIES),
        }


def month_rows(question: Question) -> Iterator[Row]:
    """The months up to the end of the window, as many as the report shows."""
    last = min(question.selection.last or question.today, question.today)
    asked = moved(question, Window(_months_before(last, spec.MONTHS - 1), last))
    found: Cells = by_period(asked, entries(asked))
    return period_rows(spec.SERIES, series(asked, found), realized(asked, found))


def _months_before(day: date, count: int) -> date:
    start = start_of(day, Grain.MONTH)
    months = start.year * 12 + start.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
