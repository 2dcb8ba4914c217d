"""The report `parts-demand`: sales lost for want of a part, how often the part is there, which to stock."""

from collections.abc import Iterator, Mapping
from typing import Any

from ibis.expr.types import Table

from servicelost.analytics import metrics
from servicelost.analytics.document import Draft
from servicelost.analytics.periods import starts_between
from servicelost.analytics.reports.part_asks import WANTED, asks, open_requests, refusals, unnamed
from servicelost.analytics.reports.part_sums import PartSums, part_cells, why_no_rate
from servicelost.analytics.reports.part_year import candidates
from servicelost.analytics.reports.question import Question, Row, rows_of
from servicelost.analytics.reports.rows import GROSS_ENTRIES
from servicelost.analytics.specs import parts_demand as spec
from servicelost.taxonomy.causes import Cause
from servicelost.taxonomy.loss_events import LossEvent

_Found = Mapping[tuple[Any, ...], PartSums]


def compute(question: Question, draft: Draft) -> None:
    """Fill the draft: headline numbers, parts to stock, and the tables by each dimension."""
    every, wanted = asks(question), lost_drill(question)
    window = question.within(every, "day")
    found = part_cells(question, window, "dealership", "part", "period", "channel")
    whole, members = found.total(), found.by("dealership")
    why_not = why_no_rate(members)
    rated = why_not is None
    to_stock = list(candidates(question, every))
    _add_headline(question, draft, whole, why_not, len(to_stock))
    _add_beside(question, draft)
    draft.add_section(spec.CANDIDATES, to_stock, drill=wanted)
    _add_parts(question, draft, whole, found.by("part"), rated)
    periods = _periods(question, found.by("period"), rated)
    draft.add_section(spec.PERIODS, periods, drill=wanted)
    channels = _largest(spec.CHANNELS, found.by("channel"), rated)
    draft.add_section(spec.CHANNELS, [row | {"drill": None} for row in channels], drill=wanted)
    _add_refusals(question, draft)
    draft.add_section(spec.DEALERSHIPS, _largest(spec.DEALERSHIPS, members, rated), drill=wanted)


def lost_drill(question: Question, **filters: Any) -> Row:
    """The ledger entries of losses for want of a part with a number."""
    return question.drill("ledger", kind=GROSS_ENTRIES, cause=",".join(WANTED), named="yes", **filters)


def _add_headline(
    question: Question, draft: Draft, whole: PartSums, why_not: str | None, to_stock: int
) -> None:
    wanted, row = lost_drill(question), whole.row(rated=True)
    draft.add_measure(spec.GROSS, whole.gross, drill=wanted)
    draft.add_measure(spec.FILL_RATE, whole.fill_rate, reason=why_not)
    draft.add_measure(spec.CANDIDATES_COUNT, to_stock)
    _add_refused(question, draft)
    for measure in (spec.DEMAND, spec.SALES, spec.EMERGENCY, spec.LOST, spec.PARTS_VALUE):
        draft.add_measure(measure, row[measure.key], drill=wanted if measure.leads else None)
    no_cost = None if whole.costed else spec.HINTS["no_cost"]
    draft.add_measure(spec.LOST_COST, whole.lost_cost / 1000, reason=no_cost)
    draft.add_measure(spec.LOST_SALES_PCT, whole.lost_sales_pct, reason=no_cost or why_not)


def _add_refused(question: Question, draft: Draft) -> None:
    """What was refused for its price, which is no demand."""
    price = question.drill(
        "ledger",
        kind=GROSS_ENTRIES,
        event=LossEvent.PART_NOT_SUPPLIED.value,
        cause=Cause.PRICE_TOO_HIGH.value,
    )
    refused = _refused(question).get(Cause.PRICE_TOO_HIGH.value, {"standing": 0, "gross": 0})
    draft.add_measure(spec.REFUSED_VALUE, refused["gross"], drill=price)
    draft.add_measure(spec.REFUSED, refused["standing"], drill=price)


def _add_beside(question: Question, draft: Draft) -> None:
    """What is in no table: lost without a number, and still open."""
    nameless = unnamed(question)
    without = _standing(question, nameless)
    none = question.drill("ledger", kind=GROSS_ENTRIES, cause=",".join(WANTED), named="no")
    draft.add_measure(spec.UNNAMED, without["standing"], drill=none)
    draft.add_measure(spec.UNNAMED_VALUE, without["gross"], drill=none)
    waiting = question.within(open_requests(question))
    draft.add_measure(spec.OPEN, int(rows_of(waiting.aggregate(n=waiting.count()))[0]["n"]))


def _add_parts(question: Question, draft: Draft, whole: PartSums, found: _Found, rated: bool) -> None:
    share = whole.lost_sales_pct.value
    poor = rated and share is not None and share < spec.MOST_UNDER_RECORDED
    notes = [spec.HINTS["under_recorded"]] if poor else []
    draft.add_section(spec.PARTS, _largest(spec.PARTS, found, rated), notes, drill=lost_drill(question))


def _add_refusals(question: Question, draft: Draft) -> None:
    found = sorted(_refused(question).items(), key=lambda item: (-item[1]["gross"], item[0]))
    rows = [
        {"cause": cause, metrics.LOST_GROSS.key: row["gross"], metrics.LOSS_COUNT.key: row["standing"]}
        for cause, row in found
        if row["standing"] or row["gross"]
    ]
    drill = question.drill("ledger", kind=GROSS_ENTRIES, event=LossEvent.PART_NOT_SUPPLIED.value)
    draft.add_section(spec.REFUSALS, rows, drill=drill)


def _refused(question: Question) -> dict[str, Row]:
    table = question.within(refusals(question), "day")
    found = table.aggregate(standing=table.standing.sum(), gross=table.gross.sum(), by="cause")
    return {row["cause"]: row for row in rows_of(found)}


def _standing(question: Question, entries: Table) -> Row:
    table = question.within(entries, "day")
    return rows_of(
        table.aggregate(standing=table.standing.sum().fill_null(0), gross=table.gross.sum().fill_null(0))
    )[0]


def _largest(section: Any, found: _Found, rated: bool) -> list[Row]:
    """A row for each value of the section's dimension, the largest loss first."""
    key = section.dimensions[0].key
    order = sorted(
        found.items(), key=lambda item: (-item[1].gross, -item[1].lost, -item[1].demand, str(item[0]))
    )
    return [part.row(rated=rated) | {key: value} for (value,), part in order]


def _periods(question: Question, found: _Found, rated: bool) -> Iterator[Row]:
    starts = {start: part for (start,), part in found.items()}
    if not starts:
        return
    for start in starts_between(min(starts), max(starts), question.params.grain):
        part = starts.get(start)
        known = {"drill": None} if part is None else part.row(rated=rated)
        yield known | {"period": start.isoformat()}
