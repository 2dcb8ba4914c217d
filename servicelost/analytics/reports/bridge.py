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


@dataclass(frozen=True, slots=True)
class Part:
    """What a step moves, in minor units, and how many lines or losses are in it."""

    minor: int = 0
    n: int = 0


def add_bridge(question: Question, draft: Draft, table: Table, whole: Sums) -> None:
    """Add the steps from unsold lines to lost net; `table` holds the entries of the window."""
    parts = bridge_parts(question, table)
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


def bridge_parts(question: Question, table: Table) -> Mapping[str, Part]:
    """What each step up to lost gross moves, by its key."""
    lines = _with_losses(question, _placed_lines(question), table)
    cells = lines.aggregate(
        minor=lines.value.sum(),
        n=lines.count(),
        lost=lines.lost_here.sum(),
        changed=(lines.lost_here != lines.value).sum(),
        by="step",
    )
    parts: dict[str, Part] = {}
    for cell in rows_of(cells):
        if cell["step"] == steps.AMOUNT.key:
            parts[steps.AMOUNT.key] = Part(cell["lost"] - cell["minor"], cell["changed"])
        else:
            parts[cell["step"]] = Part(-cell["minor"], cell["n"])
    unsold = rows_of(lines.aggregate(minor=lines.value.sum().fill_null(0), n=lines.count()))[0]
    parts[steps.UNSOLD.key] = Part(unsold["minor"], unsold["n"])
    matched = lines.filter(lines.step == steps.AMOUNT.key)
    return parts | _other_losses(question, table, matched)


def _placed_lines(question: Question) -> Table:
    """The unsold lines of the selection, each with its place among the lines of its order and need."""
    lines = recommended(question)
    unsold = lines.filter(~lines.sold)
    unsold = unsold.select(
        "id", "visit_id", "opportunity_id", "value",
        need=ibis.coalesce(unsold.opportunity_id, -unsold.id),
        number=unsold.presentation_number.fill_null(0),
    )  # fmt: skip
    on_order = ibis.window(group_by=["visit_id", "need"], order_by=[ibis.desc("number"), ibis.desc("id")])
    ranked = unsold.mutate(repeat=ibis.row_number().over(on_order) > 0)
    sold = _sold_needs(question)
    met = ranked.left_join(
        sold, [ranked.visit_id == sold.sold_visit, ranked.opportunity_id == sold.sold_need]
    )
    met = met.select(*ranked.columns, met=met.sold_need.notnull())
    of_need = ibis.window(group_by=["repeat", "need"], order_by=["met", ibis.desc("number"), ibis.desc("id")])
    return met.mutate(later=ibis.row_number().over(of_need) > 0)


def _sold_needs(question: Question) -> Table:
    """The needs sold on each order, by whatever line."""
    lines = recommended(question, narrowed=False)
    sold = lines.filter(lines.sold & lines.opportunity_id.notnull())
    return sold.select(sold_visit=sold.visit_id, sold_need=sold.opportunity_id).distinct()


def _with_losses(question: Question, lines: Table, table: Table) -> Table:
    """The lines with their step; `lost_here` is what the window lost of the need."""
    here = _by_need(table, "here")
    ever = _by_need(entries(question, narrowed=False), "ever")
    states = question.fact("opportunities", choices=False)
    states = states.select(state_of=states.id, state=states.state)
    joined = lines.left_join(here, lines.opportunity_id == here.of_here)
    joined = joined.left_join(ever, joined.opportunity_id == ever.of_ever)
    joined = joined.left_join(states, joined.opportunity_id == states.state_of)
    lost_here = joined.count_here.fill_null(0) > 0
    lost_ever = joined.count_ever.fill_null(0) > 0
    return joined.select(
        "id", "opportunity_id", "value", lost_here=joined.sum_here.fill_null(0),
        step=_step(joined, lost_here, lost_ever),
    )  # fmt: skip


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


def _by_need(table: Table, name: str) -> Table:
    return table.aggregate(
        {f"sum_{name}": table.gross.sum(), f"count_{name}": table.standing.sum()},
        by={f"of_{name}": table.opportunity_id},
    )


def _other_losses(question: Question, table: Table, matched: Table) -> dict[str, Part]:
    """Losses of the window that no line of the selection is matched with."""
    here = _by_need(table, "here")
    rest = here.anti_join(matched, here.of_here == matched.opportunity_id)
    unsold = recommended(question, narrowed=False)
    unsold = unsold.filter(~unsold.sold & unsold.opportunity_id.notnull())
    unsold = unsold.select(unsold_need=unsold.opportunity_id).distinct()
    marked = rest.left_join(unsold, rest.of_here == unsold.unsold_need)
    cells = marked.aggregate(
        minor=marked.sum_here.sum(), n=marked.count_here.sum(), by={"lines": marked.unsold_need.notnull()}
    )
    names = {True: steps.LINES_ELSEWHERE.key, False: steps.NO_LINES.key}
    return {names[cell["lines"]]: Part(cell["minor"], cell["n"]) for cell in rows_of(cells)}


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
