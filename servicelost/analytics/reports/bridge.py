"""The bridge: from unsold recommended lines to what was lost, each line and each loss in exactly one step.

Of each need one line is matched with its loss: the latest on an order where the need was not sold,
else the latest. The steps are counted one by one, nothing is left over for a remainder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from servicelost.analytics.document import Draft
from servicelost.analytics.reports.entries import entries
from servicelost.analytics.reports.lines import recommended
from servicelost.analytics.reports.question import Question, rows_of
from servicelost.analytics.reports.rows import ALL_ENTRIES, GROSS_ENTRIES
from servicelost.analytics.reports.sums import Sums
from servicelost.analytics.spec import Measure
from servicelost.analytics.specs import bridge as steps

_BY_STATE = {
    "DEFERRED": steps.DEFERRED.key,
    "WON": steps.SOLD_LATER.key,
    "CLOSED": steps.CLOSED.key,
    "LOST": steps.OTHER_WINDOW.key,
}


@dataclass(frozen=True)
class Part:
    """What a step moves, in minor units, and how many lines or losses are in it."""

    minor: int = 0
    n: int = 0


def add_bridge(question: Question, draft: Draft, table: Table, whole: Sums) -> None:
    """Add the steps from unsold lines to lost net; `table` are the window's entries, `whole` their sums."""
    parts = bridge_parts(question, table, whole)
    totals = {
        steps.GROSS.key: Part(whole.gross, whole.count),
        steps.RECOVERED.key: Part(-whole.recovered, 0),
        steps.NET.key: Part(whole.net, whole.count),
    }
    for step in steps.STEPS:
        part = totals.get(step.key) or parts.get(step.key, Part())
        if step.key in steps.OCCASIONAL and not (part.minor or part.n):
            continue
        draft.add_step(step, part.minor, part.n, total=step.key in steps.TOTALS, drill=_drill(question, step))


def bridge_parts(question: Question, table: Table, whole: Sums) -> Mapping[str, Part]:
    """What each step up to lost gross moves, by its key."""
    lines = _with_losses(question, _placed_lines(question))
    cells = lines.aggregate(
        minor=lines.value.sum(),
        n=lines.count(),
        lost=lines.lost_here.sum(),
        losses=lines.count_here.sum(),
        changed=(lines.lost_here != lines.value).sum(),
        by="step",
    )
    found = rows_of(cells)
    parts = {cell["step"]: Part(-cell["minor"], cell["n"]) for cell in found}
    matched = Part()
    for cell in found:
        if cell["step"] == steps.AMOUNT.key:
            parts[steps.AMOUNT.key] = Part(cell["lost"] - cell["minor"], cell["changed"])
            matched = Part(cell["lost"], cell["losses"])
    parts[steps.UNSOLD.key] = Part(sum(cell["minor"] for cell in found), sum(cell["n"] for cell in found))
    with_lines = _losses_with_lines(question, table)
    parts[steps.LINES_ELSEWHERE.key] = Part(with_lines.minor - matched.minor, with_lines.n - matched.n)
    parts[steps.NO_LINES.key] = Part(whole.gross - with_lines.minor, whole.count - with_lines.n)
    return parts


def _placed_lines(question: Question) -> Table:
    """The unsold lines of the selection, each with its place among the lines of its order and need.

    Only a need that was shown more than once can have several: putting those alone in order is far cheaper.
    """
    unsold = _unsold(question)
    lines = unsold.select(
        "id", "visit_id", "opportunity_id", "value",
        need=ibis.coalesce(unsold.opportunity_id, -unsold.id),
        number=unsold.presentation_number.fill_null(0),
    )  # fmt: skip
    again = unsold.filter(unsold.presentation_number > 1).select(need="opportunity_id").distinct()
    alone = _with_meetings(question, lines.anti_join(again, "need")).mutate(repeat=False, later=False)
    return alone.union(_in_order(_with_meetings(question, lines.semi_join(again, "need"))))


def _unsold(question: Question, *, narrowed: bool = True) -> Table:
    lines = recommended(question, narrowed=narrowed)
    return lines.filter(~lines.sold)


def _with_meetings(question: Question, lines: Table) -> Table:
    """The lines with `met`: whether their need was sold on the same order, by whatever line."""
    every = recommended(question, narrowed=False)
    sold = every.filter(every.sold & every.opportunity_id.notnull())
    sold = sold.select(sold_visit=sold.visit_id, sold_need=sold.opportunity_id).distinct()
    joined = lines.left_join(
        sold, [lines.visit_id == sold.sold_visit, lines.opportunity_id == sold.sold_need]
    )
    return joined.select(*lines.columns, met=joined.sold_need.notnull())


def _in_order(lines: Table) -> Table:
    """`repeat`: not the latest of its order and need; `later`: the latest there, but not of its need."""
    on_order = ibis.window(group_by=["visit_id", "need"], order_by=[ibis.desc("number"), ibis.desc("id")])
    ranked = lines.mutate(repeat=ibis.row_number().over(on_order) > 0)
    of_need = ibis.window(group_by=["repeat", "need"], order_by=["met", ibis.desc("number"), ibis.desc("id")])
    return ranked.mutate(later=ibis.row_number().over(of_need) > 0)


def _with_losses(question: Question, lines: Table) -> Table:
    """The lines with their step; `lost_here` and `count_here` are what the window lost of the need."""
    lost = _losses_of_lines(question)
    states = question.fact("opportunities", choices=False)
    states = states.select(state_of=states.id, state=states.state)
    joined = lines.left_join(lost, lines.opportunity_id == lost.lost_need)
    joined = joined.left_join(states, joined.opportunity_id == states.state_of)
    return joined.select(
        "value",
        lost_here=joined.sum_here.fill_null(0),
        count_here=joined.count_here.fill_null(0),
        step=_step(joined, joined.count_here.fill_null(0) > 0, joined.count_ever.fill_null(0) > 0),
    )


def _losses_of_lines(question: Question) -> Table:
    """What the needs of unsold lines lost within the selection and ever; no other need is added up."""
    table = entries(question, narrowed=False)
    needs = _unsold(question)
    table = table.semi_join(needs, "opportunity_id")
    here = question.selects(table, "day")
    return table.aggregate(
        sum_here=here.ifelse(table.gross, 0).sum(),
        count_here=here.ifelse(table.standing, 0).sum(),
        count_ever=table.standing.sum(),
        by={"lost_need": table.opportunity_id},
    )


def _losses_with_lines(question: Question, table: Table) -> Part:
    """What the window lost of needs with unsold lines, wherever those lie."""
    needs = _unsold(question, narrowed=False)
    table = table.semi_join(needs, "opportunity_id")
    found = rows_of(
        table.aggregate(minor=table.gross.sum().fill_null(0), n=table.standing.sum().fill_null(0))
    )
    return Part(**found[0])


def _step(table: Table, lost_here: Column, lost_ever: Column) -> Column:
    by_state = [(table.state == state, key) for state, key in _BY_STATE.items()]
    return ibis.cases(
        (table.repeat, steps.REPEATS.key),
        (table.met & (table.later | ~lost_here), steps.SOLD_HERE.key),
        (table.later, steps.AGAIN.key),
        (lost_here, steps.AMOUNT.key),
        (lost_ever, steps.OTHER_WINDOW.key),
        *by_state,
        else_=steps.UNDECIDED.key,
    )


def _drill(question: Question, step: Measure) -> dict[str, Any]:
    if step.key in steps.LINE_STEPS:
        return question.drill("lines", step=step.key)
    if step.key in steps.LOSS_STEPS:
        return question.drill("ledger", kind=GROSS_ENTRIES, step=step.key)
    kinds = {
        steps.GROSS.key: GROSS_ENTRIES, steps.RECOVERED.key: "RECOVERY", steps.NET.key: ALL_ENTRIES,
    }  # fmt: skip
    if step.key in kinds:
        return question.drill("ledger", kind=kinds[step.key])
    return question.drill("lines", sold="no")
