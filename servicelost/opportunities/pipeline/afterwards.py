"""What facts told after the end of a visit mean for money: the end's judgement lifted, and given again.

The moves of the lines are the workflow's. A sale that has recovered an older loss is never taken back here.
"""

from servicelost.kernel.book import Book
from servicelost.kernel.errors import RuleViolation
from servicelost.opportunities.ledger.entries import reason_of
from servicelost.opportunities.ledger.models import ENTRIES_OF_OPPORTUNITY, EntryKind, LedgerEntry
from servicelost.opportunities.pipeline.anew import is_told_anew
from servicelost.opportunities.pipeline.containers import episodes_of_container
from servicelost.opportunities.pipeline.decisions import assumed_revenue, record_decision
from servicelost.opportunities.pipeline.line_listeners import document_of
from servicelost.opportunities.pipeline.models import DECISIONS_OF_OPPORTUNITY, Decision, Opportunity
from servicelost.opportunities.pipeline.opening import (
    live_opportunity,
    opportunity_of_line,
    present_line,
    sold_episode,
    take_newest_price,
)
from servicelost.opportunities.pipeline.settling import Refusal, close, refuse, take_back, unsell
from servicelost.opportunities.pipeline.states import DecisionKind, Effect, OpportunityState
from servicelost.opportunities.pipeline.told import forget, remember
from servicelost.opportunities.pipeline.valuation import value_of_line
from servicelost.opportunities.pipeline.visit_listeners import win_as_done
from servicelost.taxonomy.causes import NOT_A_LOSS, Cause
from servicelost.taxonomy.loss_events import LossEvent
from servicelost.taxonomy.stages import Stage
from servicelost.workflow.facts import LineGivenUp, LineJudgementLifted, LineTakenAsDone
from servicelost.workflow.models.lines import LINES_OF_VISIT
from servicelost.workflow.models.visits import Visit

_OF_BOOKINGS = {
    LossEvent.APPT_CANCELLED: DecisionKind.CANCELLED,
    LossEvent.APPT_NO_SHOW: DecisionKind.MISSED,
    LossEvent.APPT_TURNED_AWAY: DecisionKind.TURNED_AWAY,
    LossEvent.ORDER_CANCELLED: DecisionKind.CANCELLED,
}
_BY_THE_END = frozenset({LossEvent.NOT_PRESENTED, LossEvent.QUOTE_EXPIRED, *_OF_BOOKINGS})


def on_line_judgement_lifted(book: Book, fact: LineJudgementLifted) -> None:
    """What the end of the visit lost or sold of the line is taken back."""
    opportunity = opportunity_of_line(book, fact.line)
    if opportunity is None:
        return
    forget(book, fact.line.id, fact.at)
    if opportunity.state == OpportunityState.LOST and opportunity.lost_event in _BY_THE_END:
        loss = book.get(LedgerEntry, opportunity.loss_id or 0)
        if (loss.line_id, loss.visit_id) == (fact.line.id, fact.visit.id):
            take_back(book, opportunity, Cause.SUPERSEDED, fact.at, DecisionKind.RECONSIDERED,
                      visit_id=fact.visit.id, line_id=fact.line.id)  # fmt: skip
            take_newest_price(book, opportunity)
        return
    opportunity = sold_episode(book, opportunity, fact.visit.id) or opportunity
    taken = assumed_revenue(book, opportunity, fact.line.id)
    if (
        opportunity.state == OpportunityState.WON
        and taken is not None
        and not is_told_anew(book, opportunity)
    ):
        _unsell(book, opportunity, fact, taken)


def on_line_taken_as_done(book: Book, fact: LineTakenAsDone) -> None:
    """Agreed and not invoiced when the order was closed: won at its authorised price."""
    win_as_done(book, fact.line, fact.visit, fact.at)


def on_line_given_up(book: Book, fact: LineGivenUp) -> None:
    """The line shares the fate of its booking or order, with the reason that was told for that."""
    opportunity = present_line(book, fact.line, fact.visit, fact.at)
    known = _loss_of_visit(book, fact.visit)
    if known is None:
        _close_alike(book, opportunity, fact)
        return
    event, reason = LossEvent(known.event), reason_of(known)
    value = value_of_line(book, fact.line, reason.decided_by)
    refusal = Refusal(
        _OF_BOOKINGS[event], event, Stage(known.stage), reason, value, fact.at, fact.visit.id,
        fact.line.id, known.appointment_id, document=document_of(fact.line, fact.visit),
    )  # fmt: skip
    remember(book, refusal)
    refuse(book, opportunity, refusal)


def _unsell(book: Book, opportunity: Opportunity, fact: LineJudgementLifted, taken: int) -> None:
    decisions = book.many(DECISIONS_OF_OPPORTUNITY, opportunity.id)
    if any(row.effect == Effect.RECOVERED for row in decisions):
        raise RuleViolation("SETTLED", f"line {fact.line.source_id} has recovered an older loss")
    vehicle_id = opportunity.vehicle_id
    if live_opportunity(book, opportunity.dealership_id, opportunity.need_key, vehicle_id) is not None:
        raise RuleViolation("SETTLED", f"the need of line {fact.line.source_id} lives on in a newer one")
    others = any(row.kind in (DecisionKind.COMPLETED, DecisionKind.INVOICED) and row.line_id != fact.line.id
                 for row in decisions)  # fmt: skip
    unsell(opportunity, taken, all_of_it=not others)
    record_decision(book, opportunity, DecisionKind.RECONSIDERED, Effect.NONE, fact.at,
                    visit_id=fact.visit.id, line_id=fact.line.id, amount_minor=taken)  # fmt: skip


def _loss_of_visit(book: Book, visit: Visit) -> LedgerEntry | None:
    """The newest loss by which this booking or order came to nothing."""
    found = [
        entry
        for opportunity in _of_visit(book, visit)
        for entry in book.many(ENTRIES_OF_OPPORTUNITY, opportunity.id)
        if entry.kind == EntryKind.LOSS and entry.visit_id == visit.id and entry.event in _OF_BOOKINGS
    ]
    return max(found, key=lambda entry: (entry.occurred_at, entry.id), default=None)


def _of_visit(book: Book, visit: Visit) -> list[Opportunity]:
    of_lines = (opportunity_of_line(book, line) for line in book.many(LINES_OF_VISIT, visit.id))
    return [*episodes_of_container(book, visit), *(row for row in of_lines if row is not None)]


def _close_alike(book: Book, opportunity: Opportunity, fact: LineGivenUp) -> None:
    """No loss is known: the booking was closed for a reason that is none, or nobody told of any."""
    ends: list[Decision] = [
        row
        for known in _of_visit(book, fact.visit)
        for row in book.many(DECISIONS_OF_OPPORTUNITY, known.id)
        if row.visit_id == fact.visit.id and row.cause in NOT_A_LOSS and row.kind in _OF_BOOKINGS.values()
    ]
    if not ends:
        message = f"visit {fact.visit.source_id or fact.visit.id} ended for a reason nobody told"
        raise RuleViolation("VISIT_ENDED", message, field="visit", value=fact.visit.state)
    close(book, opportunity, Cause(ends[-1].cause or ""), fact.at, DecisionKind(ends[-1].kind))
