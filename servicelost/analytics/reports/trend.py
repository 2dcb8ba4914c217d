"""The report `trend`: the series of the window and its robust slopes."""

from collections.abc import Sequence

from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.reasons import NO_HISTORY
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.question import Question
from servicelost.analytics.reports.realized import Realized, realized
from servicelost.analytics.reports.rows import ALL_ENTRIES
from servicelost.analytics.reports.series import Period, by_period, period_rows, series
from servicelost.analytics.spec import Measure
from servicelost.analytics.specs import trend as spec
from servicelost.analytics.stats import theil_sen

Points = list[tuple[float, float]]


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: slopes, how many periods they rest on, and the series."""
    found = by_period(question, entries(question))
    money, periods = realized(question, found), series(question, found)
    usable = [(place, period) for place, period in enumerate(periods) if period.whole and period.sums]
    _add_slope(
        draft, spec.GROSS_SLOPE, [(place, period.sums.gross) for place, period in usable if period.sums]
    )
    _add_slope(draft, spec.NET_SLOPE, [(place, period.sums.net) for place, period in usable if period.sums])
    _add_slope(draft, spec.REVENUE_SLOPE, _revenue(usable, money), money.reason)
    draft.add_measure(spec.RECORDED, sum(period.sums is not None for period in periods))
    draft.add_measure(spec.WHOLE, len(usable))
    gaps = sum(period.sums is None for period in periods)
    notes = [f"{gaps} of {len(periods)} periods without any record are gaps."] if gaps else []
    rows = period_rows(spec.SERIES, periods, money)
    draft.add_section(spec.SERIES, rows, notes, drill=question.drill("ledger", kind=ALL_ENTRIES))


def _revenue(usable: Sequence[tuple[int, Period]], money: Realized) -> Points:
    amounts = [(place, money.amount(period.start)) for place, period in usable]
    return [(place, amount) for place, amount in amounts if amount is not None]


def _add_slope(draft: Draft, measure: Measure, points: Points, reason: str | None = None) -> None:
    if reason is None and len(points) < spec.MINIMUM_PERIODS:
        reason = f"{NO_HISTORY}: {len(points)}/{spec.MINIMUM_PERIODS}"
    slope = None if reason else theil_sen(points)
    value = None if slope is None else Rate(slope.value, slope.n, slope.interval)
    draft.add_measure(measure, value, reason=reason)
