"""The report `overview`: a period in one look, and what to do first.

What other reports compute is computed by the same functions, so that no number differs. The windows beside
this one are in `beside`.
"""

from collections.abc import Iterator, Mapping

from servicelost.analytics import metrics
from servicelost.analytics.document import Draft, Rate
from servicelost.analytics.quality import Quality
from servicelost.analytics.reasons import NO_LOSS
from servicelost.analytics.reports.beside import month_rows, totals, window_rows
from servicelost.analytics.reports.causes import cumulated
from servicelost.analytics.reports.cells import Cells, cells
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.line_sums import LineSums, all_lines, line_cells, line_sums
from servicelost.analytics.reports.lines import recommended
from servicelost.analytics.reports.question import Question, Row
from servicelost.analytics.reports.realized import Realized
from servicelost.analytics.reports.resampling import Cells as LineCells
from servicelost.analytics.reports.resampling import unit_of
from servicelost.analytics.reports.rows import ALL_ENTRIES, GROSS_ENTRIES, add_losses, loss_rows
from servicelost.analytics.reports.sums import UNEXPLAINED, Sums, share_of_count, share_of_money
from servicelost.analytics.specs import overview as spec
from servicelost.analytics.specs import recommendations, where_why
from servicelost.taxonomy.parties import Owner
from servicelost.taxonomy.stages import STAGES


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, what to do first, and a table for each look at the window."""
    found = cells(question, entries(question), "stage", "cause", "category", "owner")
    whole, (_, money), lines = found.total(), (here := totals(question)), _lines(question)
    quality = _quality(whole, all_lines(lines))
    _add_headline(question, draft, whole, money)
    _add_scores(question, draft, whole, quality)
    sold = question.drill("lines", sold="yes")
    draft.add_measure(recommendations.CLOSING_VALUE, all_lines(lines).closing_ratio_value, drill=sold)
    behind = question.drill("ledger", kind=GROSS_ENTRIES)
    draft.add_section(spec.FIRST, _first(found, whole), drill=behind | {"owner": "D"})
    draft.add_section(spec.COMPARED, window_rows(question, here), drill=behind)
    add_losses(question, draft, where_why.MATRIX, found, whole)
    causes = loss_rows(spec.PARETO, found.largest_first("cause"), whole)
    draft.add_section(spec.PARETO, cumulated(causes, whole), drill=behind)
    every = question.drill("ledger", kind=ALL_ENTRIES)
    draft.add_section(spec.SERIES, month_rows(question), drill=every)
    draft.add_section(spec.FLOW, _flow(found, money.amount()), drill=behind)
    services = found.largest_first("category")[: spec.MOST_SERVICES]
    draft.add_section(spec.SERVICES, loss_rows(spec.SERVICES, services, whole), drill=behind)
    draft.add_section(spec.ADVISORS, _advisors(lines), drill=question.drill("lines"))
    shares = [{"quality": name.value, "quality_share": share} for name, share in quality.items()]
    draft.add_section(spec.QUALITY_SHARES, shares, drill=behind)


def _add_headline(question: Question, draft: Draft, whole: Sums, money: Realized) -> None:
    gross = question.drill("ledger", kind=GROSS_ENTRIES)
    every = question.drill("ledger", kind=ALL_ENTRIES)
    draft.add_measure(metrics.LOST_NET, whole.net, drill=every)
    draft.add_measure(metrics.LOST_PCT, money.lost_pct(whole), reason=money.why_not())
    draft.add_measure(metrics.RECOVERED, whole.recovered, drill=question.drill("ledger", kind="RECOVERY"))
    draft.add_measure(metrics.LOST_GROSS, whole.gross, drill=gross)
    draft.add_measure(metrics.CONTROLLABLE_SHARE, whole.controllable_share, drill=gross | {"owner": "D"})


def _add_scores(question: Question, draft: Draft, whole: Sums, quality: Mapping[Quality, Rate]) -> None:
    gross = question.drill("ledger", kind=GROSS_ENTRIES)
    known = [rate.value for rate in quality.values() if rate.value is not None]
    nothing = None if whole.count else NO_LOSS
    score = None if nothing else round(100 * sum(known) / len(known))
    draft.add_measure(spec.DATA_QUALITY, score, reason=nothing)
    unknown = gross | {"cause": ",".join(UNEXPLAINED)}
    draft.add_measure(metrics.UNKNOWN_SHARE, whole.unknown_share, drill=unknown)
    draft.add_measure(metrics.LOSS_COUNT, whole.count, drill=gross)


def _quality(whole: Sums, lines: LineSums) -> dict[Quality, Rate]:
    return {
        Quality.EXPLAINED: share_of_count(whole.count - whole.unexplained, whole.count),
        Quality.STATED: whole.stated_share,
        Quality.SURE: share_of_money(whole.conservative, whole.gross, whole.count),
        Quality.PRICED: share_of_count(lines.lines - lines.unpriced, lines.lines),
    }


def _first(found: Cells, whole: Sums) -> list[Row]:
    """The largest cells that are the dealer's to change and say why."""
    ours = [
        ({"stage": keys["stage"], "cause": keys["cause"]}, part)
        for keys, part in found.largest_first("stage", "cause", "owner")
        if keys["owner"] == Owner.DEALER and keys["cause"] not in UNEXPLAINED
    ]
    return loss_rows(spec.FIRST, ours[: spec.MOST_FIRST], whole)


def _flow(found: Cells, invoiced: int | None) -> Iterator[Row]:
    """Each stage with what came to it; nothing where nothing was invoiced, since the rest is unknown."""
    if invoiced is None:
        return
    lost = {keys["stage"]: part.gross for keys, part in found.by("stage")}
    coming = invoiced + sum(lost.values())
    for stage in STAGES:
        here = lost.get(stage.value, 0)
        share = here / coming if coming > 0 else None
        yield {
            "stage": stage.value, "entered": coming, "lost_gross": here,
            "loss_rate": Rate(share, found.total().count), "left": coming - here,
        }  # fmt: skip
        coming -= here


def _lines(question: Question) -> LineCells:
    lines = recommended(question)
    return line_cells(lines, lines.advisor_id, unit_of(lines, lines.visit_id))


def _advisors(lines: LineCells) -> Iterator[Row]:
    found = line_sums(lines)
    for advisor in sorted(found, key=lambda known: (-found[known].value, str(known))):
        yield found[advisor].row() | {"advisor": advisor}
