"""Parts as reports count them: what was asked for and sold, and what was lost for want of the part.

One row is a request sold, a line of work done with a part, or a ledger entry of a loss. What is made of
them is each report's own.
"""

import ibis
from ibis.expr.types import BooleanValue, Table

from servicelost.analytics.reports.question import Question
from servicelost.opportunities.ledger.models import EntryKind
from servicelost.taxonomy.causes import CAUSES, Demand
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.workflow.states import LineState, PartRequestState

WANTED = tuple(code.value for code, cause in CAUSES.items() if cause.demand is Demand.PARTS)
ON_ORDER = "LINE"
_USED = (LineState.COMPLETED.value, LineState.INVOICED.value)
_NOTHING = ibis.literal(0, "int64")
_UNSAID = ibis.null("int64")


def asks(question: Question) -> Table:
    """Sales and losses of parts with a number, whatever their day; amounts in minor units.

    `sold`, `emergency` and `lost` count, `milli` is the quantity in thousandths; a cost is a unit cost times
    such a quantity, empty where none is said. A reversal takes its loss back.
    """
    rows = _sold_requests(question).union(_sold_lines(question)).union(_lost(question))
    return question.chosen(rows)


def refusals(question: Question) -> Table:
    """Ledger entries of parts not sold though they were there: cause, day, `standing` and `gross`."""
    found = _entries(question)
    wanted = found.cause.isin(WANTED)
    return question.chosen(found.filter((found.event == LossEvent.PART_NOT_SUPPLIED.value) & ~wanted))


def unnamed(question: Question) -> Table:
    """Ledger entries of losses for want of a part that say no part."""
    found = _entries(question)
    return question.chosen(found.filter(found.cause.isin(WANTED) & found.part.isnull()))


def open_requests(question: Question) -> Table:
    """Requests of which no outcome is told."""
    return question.chosen(_requests(question, PartRequestState.REQUESTED))


def _requests(question: Question, state: PartRequestState) -> Table:
    found = question.fact("part_requests", choices=False)
    return found.filter(found.state == state.value).rename(part="part_number")


def _sold_requests(question: Question) -> Table:
    found = _requests(question, PartRequestState.SOLD)
    return found.select(
        "dealership_id", "part", "channel", day="business_day", month="month",
        sold=ibis.literal(1, "int64"), emergency=found.emergency.ifelse(1, 0).cast("int64"), lost=_NOTHING,
        gross=_NOTHING, parts_value=_NOTHING, milli="quantity_milli",
        sold_cost=found.unit_cost_minor * found.quantity_milli, lost_cost=_UNSAID,
    )  # fmt: skip


def _sold_lines(question: Question) -> Table:
    lines = question.fact("lines", choices=False)
    done = lines.filter(lines.part_number.notnull() & lines.state.isin(_USED))
    requests = question.fact("part_requests", choices=False)
    told = [done.visit_id == requests.visit_id, done.part_number == requests.part_number]
    found = done.anti_join(requests, told)
    return found.select(
        "dealership_id", part="part_number", channel=ibis.literal(ON_ORDER), day="business_day",
        month="month", sold=ibis.literal(1, "int64"), emergency=_NOTHING, lost=_NOTHING, gross=_NOTHING,
        parts_value=_NOTHING, milli=_UNSAID, sold_cost=_UNSAID, lost_cost=_UNSAID,
    )  # fmt: skip


def _lost(question: Question) -> Table:
    found = _entries(question)
    found = found.filter(found.cause.isin(WANTED) & found.part.notnull())
    return found.select(
        "dealership_id", "part", "channel", "day", "month", sold=_NOTHING, emergency=_NOTHING,
        lost="standing", gross="gross", parts_value="parts_value", milli="milli", sold_cost=_UNSAID,
        lost_cost=found.unit_cost_minor * found.milli,
    )  # fmt: skip


def _entries(question: Question) -> Table:
    """Losses and reversals with the part they are about, if any is known."""
    ledger = question.fact("ledger", choices=False)
    ledger = ledger.filter(_about_parts(ledger) & ledger.kind.isin(_SIGNS))
    needs = question.fact("opportunities", choices=False).select(need="id", request="part_request_id")
    requests = question.fact("part_requests", choices=False).select(
        "quantity_milli", "unit_cost_minor", asked="id", asked_part="part_number", asked_at="channel"
    )
    lines = question.fact("lines", choices=False).select(worked="id", worked_part="part_number")
    table = (
        ledger.left_join(needs, ledger.opportunity_id == needs.need)
        .left_join(requests, needs.request == requests.asked)
        .left_join(lines, ledger.line_id == lines.worked)
    )
    sign = ibis.cases(*((table.kind == kind, sign) for kind, sign in _SIGNS.items()), else_=0).cast("int64")
    return table.select(
        "dealership_id", "event", "cause", "unit_cost_minor",
        part=ibis.coalesce(table.asked_part, table.worked_part),
        channel=table.asked_part.isnull().ifelse(ON_ORDER, table.asked_at), day="loss_day",
        month="loss_month", standing=sign, gross=sign * table.amount_minor,
        parts_value=sign * table.parts_minor.fill_null(0), milli=sign * table.quantity_milli,
    )  # fmt: skip


def _about_parts(ledger: Table) -> BooleanValue:
    return ledger.cause.isin(WANTED) | (ledger.event == LossEvent.PART_NOT_SUPPLIED.value)


_SIGNS = {EntryKind.LOSS.value: 1, EntryKind.REVERSAL.value: -1}
