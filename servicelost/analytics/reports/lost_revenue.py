"""The report `lost-revenue`: what was lost, what came back, how sure it is, and the bridge to it."""

import ibis

from servicelost.analytics import metrics
from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.reports.bridge import add_bridge
from servicelost.analytics.reports.cells import cells
from servicelost.analytics.reports.entries import entries, losses
from servicelost.analytics.reports.line_sums import all_lines, line_cells
from servicelost.analytics.reports.lines import recommended
from servicelost.analytics.reports.moments import unix_micros
from servicelost.analytics.reports.question import Question, rows_of
from servicelost.analytics.reports.realized import Realized, realized
from servicelost.analytics.reports.resampling import unit_of
from servicelost.analytics.reports.rows import ALL_ENTRIES, GROSS_ENTRIES, add_losses
from servicelost.analytics.reports.series import by_period, period_rows, series
from servicelost.analytics.reports.sums import CONSERVATIVE, UNEXPLAINED, Sums
from servicelost.analytics.specs import lost_revenue as spec
from servicelost.opportunities.ledger.models import EntryKind

_MICROS_PER_HOUR = 3_600_000_000


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, periods, grades, the group asked for, and the bridge."""
    table = entries(question)
    grades = cells(question, table, "grade")
    whole = grades.total()
    periods = by_period(question, table)
    money = realized(question, periods)
    _add_money(question, draft, whole, money)
    _add_quality(question, draft, whole)
    rows = period_rows(spec.PERIODS, series(question, periods), money)
    draft.add_section(spec.PERIODS, rows, drill=question.drill("ledger", kind=ALL_ENTRIES))
    add_losses(question, draft, spec.GRADES, grades, whole)
    if (group := question.params.group_by) is not None:
        add_losses(question, draft, spec.GROUPS[group], cells(question, table, group), whole)
    add_bridge(question, draft, table, whole)


def _add_money(question: Question, draft: Draft, whole: Sums, money: Realized) -> None:
    gross = question.drill("ledger", kind=GROSS_ENTRIES)
    every = question.drill("ledger", kind=ALL_ENTRIES)
    back = question.drill("ledger", kind="RECOVERY")
    draft.add_measure(metrics.LOST_GROSS, whole.gross, drill=gross)
    draft.add_measure(metrics.RECOVERED, whole.recovered, drill=back)
    draft.add_measure(metrics.LOST_NET, whole.net, drill=every)
    draft.add_measure(metrics.LOST_PCT, money.lost_pct(whole), reason=money.why_not())
    lines = recommended(question)
    unit = unit_of(lines, lines.visit_id)
    unsold = all_lines(line_cells(lines, ibis.literal(1), unit)).unsold_share
    draft.add_measure(spec.UNSOLD_SHARE, unsold, drill=question.drill("lines", sold="no"))
    draft.add_measure(spec.CONSERVATIVE, whole.conservative, drill=gross | {"grade": ",".join(CONSERVATIVE)})
    draft.add_measure(metrics.LOSSES, whole.lost, drill=question.drill("ledger", kind="LOSS"))
    draft.add_measure(metrics.REVERSED, whole.taken_back, drill=question.drill("ledger", kind="REVERSAL"))
    draft.add_measure(metrics.REALIZED, money.amount(), reason=_no_money(money))
    outstanding = whole.gross - whole.released_ever
    draft.add_measure(spec.OUTSTANDING, outstanding, drill=every | {"recoveries": "all"})
    draft.add_measure(spec.PRICE_GAP, whole.recovered - whole.revenue, drill=back)


def _no_money(money: Realized) -> str | None:
    return money.why_not() if money.amount() is None else None


def _add_quality(question: Question, draft: Draft, whole: Sums) -> None:
    gross = question.drill("ledger", kind=GROSS_ENTRIES)
    draft.add_measure(metrics.CONTROLLABLE_SHARE, whole.controllable_share, drill=gross | {"owner": "D"})
    unknown = gross | {"cause": ",".join(UNEXPLAINED)}
    draft.add_measure(metrics.UNKNOWN_SHARE, whole.unknown_share, drill=unknown)
    draft.add_measure(metrics.LOSS_COUNT, whole.count, drill=gross)
    draft.add_measure(metrics.LOST_HOURS, whole.centihours / 100, drill=gross)
    draft.add_measure(spec.CAPTURE_LATENCY, _latency(question), drill=question.drill("ledger", kind="LOSS"))


def _latency(question: Question) -> Rate:
    """Hours from the loss to its record, of losses that stand."""
    ledger = question.fact("ledger", choices=False)
    reversed_ids = ledger.filter(ledger.kind == EntryKind.REVERSAL.value).select(reversed_id=ledger.loss_id)
    found = losses(question)
    standing = found.anti_join(reversed_ids, found.id == reversed_ids.reversed_id)
    micros = unix_micros(standing.recorded_at) - unix_micros(standing.occurred_at)
    row = rows_of(standing.aggregate(micros=micros.median(), n=standing.count()))[0]
    return Rate(None if row["micros"] is None else float(row["micros"]) / _MICROS_PER_HOUR, row["n"])
